package kerberos

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

const (
	kdcPatience = 5 * time.Second // to connect to one KDC, and again for its answer
	maxAnswer   = 256 << 10       // of a KDC; tickets of people in very many groups are long
	mostHops    = 5               // from one realm to the next on the way to a server's
)

// logOn asks for the ticket that gives tickets (RFC 4120, 3.1).
func (c *Client) logOn() (_ *Ticket, err error) {
	defer recovered(&err)
	request, err := messages.NewASReqForTGT(c.realm, c.config, c.user)
	if err != nil {
		return nil, failed(Unreadable, "%w", err)
	}
	answer, failure := c.exchange(c.realm, &request)
	var refusal messages.KRBError
	if errors.As(failure, &refusal) && refusal.ErrorCode == errorcode.KDC_ERR_PREAUTH_REQUIRED {
		if failure = c.prove(&request, refusal); failure == nil {
			answer, failure = c.exchange(c.realm, &request)
		}
	}
	if failure != nil {
		return nil, explain(failure, Refused)
	}
	return c.readLogin(request, answer)
}

// prove adds the time of day, sealed with the account's key, to a request for a login.
func (c *Client) prove(request *messages.ASReq, refusal messages.KRBError) error {
	var hints types.PADataSequence
	if err := hints.Unmarshal(refusal.EData); err != nil {
		return failed(Unreadable, "the domain's demand for proof is malformed")
	}
	key, version, err := c.key(hints)
	if err != nil {
		return err
	}
	stamp, err := types.GetPAEncTSEncAsnMarshalled()
	if err != nil {
		return failed(Unreadable, "%w", err)
	}
	sealed, err := crypto.GetEncryptedData(stamp, key, keyusage.AS_REQ_PA_ENC_TIMESTAMP, version)
	if err != nil {
		return failed(Unreadable, "%w", err)
	}
	text, err := sealed.Marshal()
	if err != nil {
		return failed(Unreadable, "%w", err)
	}
	request.PAData = append(request.PAData, types.PAData{PADataType: patype.PA_ENC_TIMESTAMP, PADataValue: text})
	c.hints = hints
	return nil
}

func (c *Client) readLogin(request messages.ASReq, answer []byte) (*Ticket, error) {
	var reply messages.ASRep
	if err := reply.Unmarshal(answer); err != nil {
		return nil, failed(Unreadable, "the domain's answer is malformed")
	}
	hints := types.PADataSequence(reply.PAData)
	if !hints.Contains(patype.PA_ETYPE_INFO2) {
		hints = c.hints
	}
	key, _, err := c.key(hints)
	if err != nil {
		return nil, err
	}
	text, failure := decrypt(reply.EncPart, key, keyusage.AS_REP_ENCPART)
	if failure != nil {
		return nil, failed(Refused, "the domain's answer does not fit the account: is its password or keytab right?")
	}
	var part messages.EncKDCRepPart
	if err := part.Unmarshal(text); err != nil {
		return nil, failed(Unreadable, "the domain's answer is malformed")
	}
	if part.Nonce != request.ReqBody.Nonce || !reply.CName.Equal(c.user) || !part.SName.Equal(request.ReqBody.SName) {
		return nil, failed(Unreadable, "the domain answered another request than ours")
	}
	return &Ticket{ticket: reply.Ticket, key: part.Key, from: c.now(), until: part.EndTime}, nil
}

// ticketFor asks for the ticket of a service, realm by realm (RFC 4120, 3.3).
func (c *Client) ticketFor(service types.PrincipalName, granting *Ticket) (*Ticket, error) {
	realm := c.realm
	for range mostHops {
		request, err := messages.NewTGSReq(c.user, realm, c.config, granting.ticket, granting.key, service, false)
		if err != nil {
			return nil, failed(Unreadable, "%w", err)
		}
		answer, failure := c.exchange(realm, &request)
		if failure != nil {
			return nil, explain(failure, NoTicket)
		}
		next, err := readTicket(request, answer, granting.key)
		if err != nil {
			return nil, err
		}
		next.user, next.realm, next.from = c.user, c.realm, c.now()
		name := next.ticket.SName
		switch {
		case !slices.Contains(strong, next.key.KeyType):
			return nil, failed(NoTicket, "the domain gives no AES key for it: allow AES for its computer account")
		case name.Equal(service):
			return next, nil
		case len(name.NameString) != 2 || name.NameString[0] != "krbtgt":
			return nil, failed(Unreadable, "the domain gave the ticket of another service")
		}
		granting, realm = next, name.NameString[1]
	}
	return nil, failed(NoTicket, "the domains refer to each other without end")
}

func readTicket(request messages.TGSReq, answer []byte, key types.EncryptionKey) (*Ticket, error) {
	var reply messages.TGSRep
	if err := reply.Unmarshal(answer); err != nil {
		return nil, failed(Unreadable, "the domain's answer is malformed")
	}
	text, failure := decrypt(reply.EncPart, key, keyusage.TGS_REP_ENCPART_SESSION_KEY)
	if failure != nil {
		return nil, failure
	}
	var part messages.EncKDCRepPart
	if err := part.Unmarshal(text); err != nil {
		return nil, failed(Unreadable, "the domain's answer is malformed")
	}
	if part.Nonce != request.ReqBody.Nonce || !part.SName.Equal(reply.Ticket.SName) {
		return nil, failed(Unreadable, "the domain answered another request than ours")
	}
	return &Ticket{ticket: reply.Ticket, key: part.Key, until: part.EndTime}, nil
}

// decrypt is crypto.DecryptEncPart for bytes of a stranger: their cipher must be the key's, and their length possible.
func decrypt(sealed types.EncryptedData, key types.EncryptionKey, usage uint32) ([]byte, *Error) {
	cipher, err := crypto.GetEtype(key.KeyType)
	if err != nil || sealed.EType != key.KeyType || len(key.KeyValue) != cipher.GetKeyByteSize() ||
		len(sealed.Cipher) < cipher.GetConfounderByteSize()+cipher.GetHMACBitLength()/8 {
		return nil, failed(Unreadable, "what the peer sealed cannot be opened")
	}
	text, err := crypto.DecryptEncPart(sealed, key, usage)
	if err != nil {
		return nil, failed(Unproven, "what the peer sealed is not sealed with our key")
	}
	return text, nil
}

// exchange sends a request to the KDCs of a realm, one after the other, until one answers. A KDC's no is a
// messages.KRBError.
func (c *Client) exchange(realm string, request interface{ Marshal() ([]byte, error) }) ([]byte, error) {
	message, err := request.Marshal()
	if err != nil {
		return nil, failed(Unreadable, "%w", err)
	}
	_, centres, err := c.config.GetKDCs(realm, true)
	if err != nil {
		return nil, failed(Unreachable, "no domain controller of %s is known: %w", realm, err)
	}
	err = errors.New("none is known")
	for _, i := range order(centres) {
		var answer []byte
		if answer, err = askOne(centres[i], message); err != nil {
			continue
		}
		var refusal messages.KRBError
		if refusal.Unmarshal(answer) == nil {
			return nil, refusal
		}
		return answer, nil
	}
	return nil, failed(Unreachable, "no domain controller of %s answers: %w", realm, err)
}

// order gives the preferences of gokrb5's map, best first.
func order(centres map[int]string) []int {
	var preferences []int
	for i := range centres {
		preferences = append(preferences, i)
	}
	slices.Sort(preferences)
	return preferences
}

// askOne asks one KDC over TCP: messages there have their length in front (RFC 4120, 7.2.2).
func askOne(address string, message []byte) ([]byte, error) {
	conn, err := net.DialTimeout("tcp", address, kdcPatience)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(kdcPatience)); err != nil {
		return nil, err
	}
	if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(message))), message...)); err != nil {
		return nil, err
	}
	var length [4]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n == 0 || n > maxAnswer {
		return nil, fmt.Errorf("%s announces %d bytes", address, n)
	}
	answer := make([]byte, n)
	_, err = io.ReadFull(conn, answer)
	return answer, err
}
