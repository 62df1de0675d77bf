package kerberos

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"slices"

	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Login is one login that has begun: its token is on the way, the server's is awaited.
type Login struct {
	Token         []byte // for the server
	authenticator types.Authenticator
	key           types.EncryptionKey // of the ticket
}

// The tokens of a login begin with the mechanism's name in ASN.1 and two bytes that say what they are (RFC 4121, 4.1).
var (
	mechanism   = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02}
	tokenLogin  = []byte{0x01, 0x00}
	tokenAnswer = []byte{0x02, 0x00}
	tokenError  = []byte{0x03, 0x00}
)

const promises = gssapi.ContextFlagMutual | gssapi.ContextFlagReplay | gssapi.ContextFlagSequence | gssapi.ContextFlagConf | gssapi.ContextFlagInteg

// Begin makes the token of a new login. binding ties it to a TLS connection (RFC 5929); nil ties it to none.
func (t *Ticket) Begin(binding []byte) (_ *Login, err error) {
	defer recovered(&err)
	authenticator, err := types.NewAuthenticator(t.realm, t.user)
	if err != nil {
		return nil, failed(Unreadable, "%w", err)
	}
	cipher, err := crypto.GetEtype(t.key.KeyType)
	if err != nil {
		return nil, failed(NoTicket, "%w", err)
	}
	if err := authenticator.GenerateSeqNumberAndSubKey(t.key.KeyType, cipher.GetKeyByteSize()); err != nil {
		return nil, failed(Unreadable, "%w", err)
	}
	authenticator.Cksum = types.Checksum{CksumType: chksumtype.GSSAPI, Checksum: promise(binding)}
	request, err := messages.NewAPReq(t.ticket, t.key, authenticator)
	if err != nil {
		return nil, failed(Unreadable, "%w", err)
	}
	types.SetFlag(&request.APOptions, flags.APOptionMutualRequired)
	text, err := request.Marshal()
	if err != nil {
		return nil, failed(Unreadable, "%w", err)
	}
	return &Login{Token: asn1tools.AddASNAppTag(slices.Concat(mechanism, tokenLogin, text), 0), authenticator: authenticator, key: t.key}, nil
}

// promise is the "checksum" of a login: what the two sides are going to do, and the binding (RFC 4121, 4.1.1).
func promise(binding []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, md5.Size)
	if binding == nil {
		b = append(b, make([]byte, md5.Size)...)
	} else {
		// No addresses of either side, then the data with its length (RFC 2744, 3.11).
		bound := binary.LittleEndian.AppendUint32(make([]byte, 16), uint32(len(binding)))
		sum := md5.Sum(append(bound, binding...))
		b = append(b, sum[:]...)
	}
	return binary.LittleEndian.AppendUint32(b, promises)
}

// Finish reads the server's token. Only a server that could read the ticket can have made it.
func (l *Login) Finish(token []byte) (_ *Session, err error) {
	defer recovered(&err)
	kind, text, ok := openToken(token)
	switch {
	case !ok:
		return nil, failed(Unreadable, "the server's Kerberos token is malformed")
	case bytes.Equal(kind, tokenError):
		var refusal messages.KRBError
		if err := refusal.Unmarshal(text); err != nil {
			return nil, failed(Unreadable, "the server's Kerberos token is malformed")
		}
		return nil, explain(refusal, Refused)
	case !bytes.Equal(kind, tokenAnswer):
		return nil, failed(Unreadable, "the server's Kerberos token is not an answer to ours")
	}
	var reply messages.APRep
	if err := reply.Unmarshal(text); err != nil {
		return nil, failed(Unreadable, "the server's Kerberos token is malformed")
	}
	sealed, failure := decrypt(reply.EncPart, l.key, keyusage.AP_REP_ENCPART)
	if failure != nil {
		return nil, failure
	}
	var part messages.EncAPRepPart
	if err := part.Unmarshal(sealed); err != nil {
		return nil, failed(Unreadable, "the server's Kerberos token is malformed")
	}
	if part.Cusec != l.authenticator.Cusec || part.CTime.Unix() != l.authenticator.CTime.Unix() {
		return nil, failed(Unproven, "the server answered another login than ours")
	}
	s := &Session{key: l.authenticator.SubKey, send: uint64(uint32(l.authenticator.SeqNumber)), receive: uint64(uint32(part.SequenceNumber))}
	if len(part.Subkey.KeyValue) > 0 {
		s.key, s.flags = part.Subkey, flagAcceptorKey
	}
	return s, s.prepare()
}

// openToken takes the frame off a token.
func openToken(token []byte) (kind, text []byte, ok bool) {
	if len(token) < 2 || token[0] != 0x60 {
		return nil, nil, false
	}
	length, rest := int(token[1]), token[2:]
	if n := length &^ 0x80; length >= 0x80 {
		if n == 0 || n > 3 || n > len(rest) {
			return nil, nil, false
		}
		length = 0
		for _, b := range rest[:n] {
			length = length<<8 | int(b)
		}
		rest = rest[n:]
	}
	rest, named := bytes.CutPrefix(rest, mechanism)
	if !named || length != len(rest)+len(mechanism) || len(rest) < 2 {
		return nil, nil, false
	}
	return rest[:2], rest[2:], true
}
