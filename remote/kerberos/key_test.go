package kerberos

import (
	"encoding/binary"
	"testing"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/types"
)

// hinting is what a domain says about an account's key.
func hinting(t *testing.T, ciphers ...types.ETypeInfo2Entry) types.PADataSequence {
	t.Helper()
	text, err := asn1.Marshal(ciphers)
	if err != nil {
		t.Fatal(err)
	}
	return types.PADataSequence{{PADataType: patype.PA_ETYPE_INFO2, PADataValue: text}}
}

func rounds(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

// Whoever answers in the domain's place could have a weak proof of the password made, and try passwords on it at leisure.
func TestAPasswordIsNeverProvenWeakerThanByAES(t *testing.T) {
	c := newClient(t, Account{User: user, Password: password, Config: "[libdefaults]\n default_tkt_enctypes = rc4-hmac\n"})
	aes, rc4 := int32(etypeID.AES256_CTS_HMAC_SHA1_96), int32(etypeID.RC4_HMAC)
	for name, hints := range map[string]types.PADataSequence{
		"RC4":           hinting(t, types.ETypeInfo2Entry{EType: rc4, Salt: "x"}),
		"DES":           hinting(t, types.ETypeInfo2Entry{EType: etypeID.DES_CBC_MD5, Salt: "x"}),
		"endless":       hinting(t, types.ETypeInfo2Entry{EType: aes, Salt: "x", S2KParams: rounds(0xffffffff)}),
		"without limit": hinting(t, types.ETypeInfo2Entry{EType: aes, Salt: "x", S2KParams: rounds(0)}),
	} {
		_, _, err := c.key(hints)
		t.Run(name, func(t *testing.T) { wantKind(t, err, Refused) })
	}
	key, _, err := c.key(hinting(t, types.ETypeInfo2Entry{EType: rc4, Salt: "x"}, types.ETypeInfo2Entry{EType: aes, Salt: "x", S2KParams: rounds(4096)}))
	if err != nil || key.KeyType != aes || len(key.KeyValue) != 32 {
		t.Errorf("%v %v", key.KeyType, err)
	}
	for _, cipher := range c.config.LibDefaults.DefaultTktEnctypeIDs {
		if cipher == rc4 {
			t.Error("RC4 is asked for")
		}
	}
}
