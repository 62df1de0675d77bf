package kerberos

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/types"
)

// mostRounds bounds how often a KDC may let us hash the password; Windows asks for 4,096.
const mostRounds = 1 << 20

// key gives the account's key, in the strongest cipher that the domain's hints name and the account has. Where there are no
// hints the defaults of the ciphers hold.
func (c *Client) key(hints types.PADataSequence) (key types.EncryptionKey, version int, err error) {
	for _, hint := range hints {
		if hint.PADataType != patype.PA_ETYPE_INFO2 {
			continue
		}
		ciphers, err := hint.GetETypeInfo2()
		if err != nil {
			return key, 0, failed(Unreadable, "the domain's list of ciphers is malformed")
		}
		for _, wanted := range strong {
			i := slices.IndexFunc(ciphers, func(e types.ETypeInfo2Entry) bool { return e.EType == wanted })
			if i < 0 {
				continue
			}
			if key, version, err = c.makeKey(wanted, ciphers[i].Salt, ciphers[i].S2KParams); err == nil {
				return key, version, nil
			}
		}
		return key, 0, failed(Refused, "the domain accepts no AES key of the account: allow AES for it, and set its password anew")
	}
	for _, wanted := range strong {
		if key, version, err = c.makeKey(wanted, "", nil); err == nil {
			return key, version, nil
		}
	}
	return key, 0, failed(Refused, "the account has no AES key")
}

// keyMaker gives the key of a cipher, with what the domain says about salt and rounds.
type keyMaker func(cipher int32, salt string, rounds []byte) (key types.EncryptionKey, version int, err error)

func (c *Client) fromPassword(password string) keyMaker {
	return func(cipher int32, salt string, rounds []byte) (types.EncryptionKey, int, error) {
		how, err := crypto.GetEtype(cipher)
		if err != nil {
			return types.EncryptionKey{}, 0, err
		}
		if salt == "" {
			salt = c.user.GetSalt(c.realm)
		}
		parameters := how.GetDefaultStringToKeyParams()
		if len(rounds) == 4 {
			if n := binary.BigEndian.Uint32(rounds); n == 0 || n > mostRounds {
				return types.EncryptionKey{}, 0, fmt.Errorf("%d rounds", n)
			}
			parameters = hex.EncodeToString(rounds)
		}
		value, err := how.StringToKey(password, salt, parameters)
		return types.EncryptionKey{KeyType: cipher, KeyValue: value}, 0, err
	}
}

func (c *Client) fromKeytab(table *keytab.Keytab) keyMaker {
	return func(cipher int32, _ string, _ []byte) (types.EncryptionKey, int, error) {
		return table.GetEncryptionKey(c.user, c.realm, 0, cipher)
	}
}
