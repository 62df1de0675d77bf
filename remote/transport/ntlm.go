package transport

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/bodgit/ntlmssp"
)

// logonNTLM proves the password over two empty requests. Over plain HTTP it leaves the sealing session behind.
func (c *Conn) logonNTLM(ctx context.Context, config Config) error {
	domain, user := splitUser(config.User)
	client, err := ntlmssp.NewClient(ntlmssp.SetUserInfo(user, config.Password), ntlmssp.SetDomain(domain))
	if err != nil {
		return &Error{Kind: Misconfigured, Err: err}
	}
	hello, err := client.Authenticate(nil, nil)
	if err != nil {
		return &Error{Kind: Misconfigured, Err: err}
	}
	challenge, err := c.challenge(ctx, hello)
	if err != nil {
		return err
	}
	if err := checkChallenge(challenge, config.TLS == nil); err != nil {
		return err
	}
	proof, err := client.Authenticate(challenge, c.bindings())
	if err != nil {
		return failed(NotReadable, "the NTLM challenge is not usable: %w", err)
	}
	if _, err := c.prove(ctx, config, proof); err != nil {
		return err
	}
	if config.TLS != nil {
		return nil
	}
	session, err := newNTLMSession(proof, user, domain, config.Password)
	if err != nil {
		return failed(NotSecure, "the login leaves nothing to seal with: %w", err)
	}
	c.sealing = newSealing(session, byNTLM)
	return nil
}

// splitUser takes DOMAIN\user apart. A dot means the server itself; user@domain stays whole, as Windows wants it.
func splitUser(name string) (domain, user string) {
	domain, user, found := strings.Cut(name, `\`)
	switch {
	case !found:
		return "", name
	case domain == ".":
		return "", user
	}
	return domain, user
}

// challenge asks for the server's challenge. It is the first answer on a new connection and due within the limit for connecting: a server
// whose kernel takes connections while its service says nothing is as good as not connected.
func (c *Conn) challenge(ctx context.Context, hello []byte) ([]byte, error) {
	defer c.hurry()()
	answer, err := c.handshake(ctx, hello)
	if err != nil {
		return nil, err
	}
	if answer.status != http.StatusUnauthorized {
		if answer.status == http.StatusOK {
			return nil, failed(NotSecure, "the server lets us in without a password")
		}
		return nil, c.judge(answer, false)
	}
	for _, token := range offered(answer.challenges) {
		if token != "" {
			challenge, err := base64.StdEncoding.DecodeString(token)
			if err != nil {
				return nil, failed(NotReadable, "the NTLM challenge is not base64")
			}
			return challenge, nil
		}
	}
	return nil, failed(NotSecure, "the server does not offer NTLM, only %s", schemes(answer.challenges))
}

// hurry makes the limit for connecting rule the next reply, until the function that it gives is called.
func (c *Conn) hurry() (done func()) {
	read := c.read
	if c.connect > 0 {
		c.read = min(c.connect, read)
	}
	return func() { c.read = read }
}

func schemes(challenges []string) string {
	var names []string
	for _, offer := range challenges {
		if name, _, _ := strings.Cut(offer, " "); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if names == nil {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

// prove sends what proves the account: the one moment at which a wrong password counts against it.
func (c *Conn) prove(ctx context.Context, config Config, proof []byte) (answer answer, err error) {
	if c.useless {
		return answer, failed(Broken, "the server closes the connection in the middle of the login")
	}
	if config.Admit != nil {
		tried, refused := config.Admit(ctx)
		if refused != nil {
			return answer, refused
		}
		defer func() { tried(err) }()
	}
	if answer, err = c.handshake(ctx, proof); err != nil {
		return answer, err
	}
	switch {
	case answer.status == http.StatusUnauthorized && config.Auth == Kerberos && len(offered(answer.challenges)) == 0:
		err = failed(NotSecure, "the server does not offer Kerberos, only %s", schemes(answer.challenges))
	case answer.status == http.StatusUnauthorized:
		err = &Error{Kind: LogonRefused, Status: answer.status, Err: errors.New("the login was refused")}
	case answer.status/100 != 2:
		err = c.judge(answer, false)
	}
	return answer, err
}

// offered gives what follows each "Negotiate" of a reply: a token in base64, or nothing.
func offered(challenges []string) (tokens []string) {
	for _, offer := range challenges {
		if scheme, token, _ := strings.Cut(offer, " "); strings.EqualFold(scheme, "Negotiate") {
			tokens = append(tokens, strings.TrimSpace(token))
		}
	}
	return tokens
}

func (c *Conn) handshake(ctx context.Context, token []byte) (answer, error) {
	body := buffers.Get().(*bytes.Buffer)
	defer keep(body)
	body.Reset()
	return c.exchange(ctx, "Negotiate "+base64.StdEncoding.EncodeToString(token), soapType, parts{}, body)
}

// bindings ties an NTLM login to the TLS connection.
func (c *Conn) bindings() *ntlmssp.ChannelBindings {
	if binding := c.binding(); binding != nil {
		return &ntlmssp.ChannelBindings{ApplicationData: binding}
	}
	return nil
}

// Flags of MS-NLMP 2.2.2.5 that a challenge must or must not carry.
const (
	flagUnicode    = 1 << 0
	flagSign       = 1 << 4
	flagSeal       = 1 << 5
	flagDatagram   = 1 << 6
	flagAnonymous  = 1 << 11
	flagExtended   = 1 << 19
	flagTargetInfo = 1 << 23
	flag128        = 1 << 29
	flagKeyExch    = 1 << 30
)

const (
	wanted       = flagUnicode | flagExtended | flagTargetInfo
	wantedSealed = wanted | flagSign | flagSeal | flag128 | flagKeyExch
	unwanted     = flagDatagram | flagAnonymous
)

// checkChallenge reads a challenge before the NTLM library does: the library takes over every flag that the server chose
// (one without sealing would make it send clear text) and trusts the lengths inside target information.
func checkChallenge(challenge []byte, sealed bool) error {
	const fixed = 48
	if len(challenge) < fixed || string(challenge[:8]) != "NTLMSSP\x00" || binary.LittleEndian.Uint32(challenge[8:]) != 2 {
		return failed(NotReadable, "what should be an NTLM challenge is none")
	}
	flags, want := binary.LittleEndian.Uint32(challenge[20:]), uint32(wanted)
	if sealed {
		want = wantedSealed
	}
	if flags&want != want || flags&unwanted != 0 {
		return failed(NotSecure, "the server wants NTLM weaker than NTLMv2 with 128-bit sealing (flags 0x%08X)", flags)
	}
	length, offset := int(binary.LittleEndian.Uint16(challenge[40:])), int64(binary.LittleEndian.Uint32(challenge[44:]))
	if length == 0 || offset < fixed || offset+int64(length) > int64(len(challenge)) {
		return failed(NotReadable, "the NTLM challenge has no target information")
	}
	return checkTargetInfo(challenge[offset : offset+int64(length)])
}

// checkTargetInfo walks the pairs of id, length and value (MS-NLMP 2.2.2.1).
func checkTargetInfo(info []byte) error {
	const endOfList, avFlags, avTimestamp = 0, 6, 7
	sizes := map[uint16]int{avFlags: 4, avTimestamp: 8}
	for len(info) >= 4 {
		id, length := binary.LittleEndian.Uint16(info), int(binary.LittleEndian.Uint16(info[2:]))
		if id == endOfList {
			return nil
		}
		if want, fixed := sizes[id]; length > len(info)-4 || fixed && want != length {
			break
		}
		info = info[4+length:]
	}
	return failed(NotReadable, "the target information of the NTLM challenge is malformed")
}
