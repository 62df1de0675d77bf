package kerberos

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Service is a server's account in the domain.
type Service struct{ keys *keytab.Keytab }

// NewService takes the contents of the service's keytab.
func NewService(contents []byte) (*Service, error) {
	keys := keytab.New()
	if err := keys.Unmarshal(contents); err != nil {
		return nil, fmt.Errorf("the keytab of the service: %w", err)
	}
	return &Service{keys}, nil
}

// mechanism names Kerberos at the beginning of a token.
var mechanism = asn1.ObjectIdentifier{1, 2, 840, 113554, 1, 2, 2}

const clockSkew = 5 * time.Minute

var errToken = errors.New("the token is no login")

// IsToken tells whether a token is one of Kerberos itself.
func IsToken(token []byte) bool {
	_, err := unframe(token)
	return err == nil
}

func unframe(token []byte) ([]byte, error) {
	var named asn1.ObjectIdentifier
	rest, err := asn1.UnmarshalWithParams(token, &named, "application,explicit,tag:0")
	if err != nil || !named.Equal(mechanism) || len(rest) < 2 {
		return nil, errToken
	}
	return rest, nil
}

// Accept checks a login. The session is of the service's own choice of key.
func (s *Service) Accept(token []byte) (user string, answer []byte, session *Session, err error) {
	defer func() {
		if recover() != nil { // the library trusts lengths
			err = errToken
		}
	}()
	text, err := unframe(token)
	if err != nil || !bytes.HasPrefix(text, []byte{1, 0}) {
		return "", nil, nil, errToken
	}
	var request messages.APReq
	if err := request.Unmarshal(text[2:]); err != nil {
		return "", nil, nil, err
	}
	if ok, err := request.Verify(s.keys, clockSkew, types.HostAddress{}, nil); err != nil || !ok {
		return "", nil, nil, errors.Join(err, errToken)
	}
	client := request.Authenticator
	key, err := newKey(client.SubKey.KeyType)
	if err != nil {
		return "", nil, nil, err
	}
	part := messages.EncAPRepPart{CTime: client.CTime, Cusec: client.Cusec, Subkey: key, SequenceNumber: 0x5eed}
	answer, err = reply(part, request.Ticket.DecryptedEncPart.Key)
	if err != nil {
		return "", nil, nil, err
	}
	session = &Session{key: key, in: uint64(client.SeqNumber), out: uint64(part.SequenceNumber)}
	return client.CName.PrincipalNameString(), answer, session, nil
}

func newKey(kind int32) (types.EncryptionKey, error) {
	cipher, err := crypto.GetEtype(kind)
	if err != nil {
		return types.EncryptionKey{}, err
	}
	value := make([]byte, cipher.GetKeyByteSize())
	rand.Read(value) // never fails
	return types.EncryptionKey{KeyType: kind, KeyValue: value}, nil
}

// reply makes the token that proves the service.
func reply(part messages.EncAPRepPart, key types.EncryptionKey) ([]byte, error) {
	text, err := asn1.Marshal(part)
	if err != nil {
		return nil, err
	}
	sealed, err := crypto.GetEncryptedData(asn1tools.AddASNAppTag(text, asnAppTag.EncAPRepPart), key, keyusage.AP_REP_ENCPART, 0)
	if err != nil {
		return nil, err
	}
	message, err := asn1.Marshal(messages.APRep{PVNO: 5, MsgType: msgtype.KRB_AP_REP, EncPart: sealed})
	if err != nil {
		return nil, err
	}
	name, err := asn1.Marshal(mechanism)
	if err != nil {
		return nil, err
	}
	body := append(append(name, 2, 0), asn1tools.AddASNAppTag(message, asnAppTag.APREP)...)
	return asn1tools.AddASNAppTag(body, 0), nil
}
