package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"patchdeck/engine/notice"
)

// Options say where a webhook is.
type Options struct {
	URL string
	// Secret reads what calls are signed with; it is asked at every call, so that a changed one counts at once.
	Secret func(context.Context) (string, error)
	CA     []byte        // certificates to trust, PEM; nil are the system's
	Limit  time.Duration // for one call; 0 means 20 s
	Now    func() time.Time
}

// Body is what a call carries.
type Body struct {
	Notice   string    `json:"notice"`
	Kind     string    `json:"kind"`
	Release  string    `json:"release,omitempty"`
	Change   string    `json:"change,omitempty"`
	Rollout  string    `json:"rollout,omitempty"`
	At       time.Time `json:"at"`
	Subject  string    `json:"subject"`
	Text     string    `json:"text"`
	Calendar string    `json:"calendar,omitempty"`
}

// Sender calls one webhook.
type Sender struct {
	options Options
	client  *http.Client
}

// leastSecret is the fewest bytes that a secret may have.
const leastSecret = 16

// CheckURL tells why calls cannot go to an address: it must be https, or http to this machine.
func CheckURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return errors.New("it is no address such as https://chat.example.com/hooks/patchdeck")
	case u.User != nil:
		return errors.New("a password does not belong into an address: calls are signed with the secret")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && isThisMachine(u.Hostname()):
		return nil
	}
	return errors.New("https is needed (http goes to this machine alone)")
}

func isThisMachine(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// New checks the options.
func New(o Options) (*Sender, error) {
	if err := CheckURL(o.URL); err != nil {
		return nil, err
	}
	if o.Secret == nil {
		return nil, errors.New("a webhook lacks its secret")
	}
	if o.Limit == 0 {
		o.Limit = 20 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(o.CA) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(o.CA) {
			return nil, errors.New("the certificates for the webhook hold none that can be read")
		}
	}
	return &Sender{options: o, client: &http.Client{
		Timeout:       o.Limit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, DialContext: (&net.Dialer{}).DialContext, ForceAttemptHTTP2: true,
			DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10, DisableCompression: true},
	}}, nil
}

// mostAnswer bounds what is read of an answer, in bytes.
const mostAnswer = 512

// Post makes one call.
func (s *Sender) Post(ctx context.Context, m notice.Message) error {
	request, wrote, err := s.request(ctx, m)
	if err != nil {
		return &notice.Trouble{Words: err.Error(), Unreached: true}
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return &notice.Trouble{Words: plainError(err), Unreached: !wrote.Load(), Uncertain: wrote.Load()}
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(answer.Body, mostAnswer))
	return judge(answer, said, s.options.Now())
}

// request writes and signs a call. wrote turns true when the receiver may have seen it.
func (s *Sender) request(ctx context.Context, m notice.Message) (request *http.Request, wrote *atomic.Bool, err error) {
	text, err := s.options.Secret(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("the secret of the webhook: %w", err)
	}
	secret, err := key(text)
	if err != nil {
		return nil, nil, err
	}
	body, err := json.Marshal(Body{Notice: m.ID, Kind: string(m.Kind), Release: m.Release, Change: m.Change, Rollout: m.Rollout, At: m.At,
		Subject: m.Subject, Text: m.Body, Calendar: m.Calendar})
	if err != nil {
		return nil, nil, err
	}
	wrote = &atomic.Bool{}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	if request, err = http.NewRequestWithContext(ctx, http.MethodPost, s.options.URL, bytes.NewReader(body)); err != nil {
		return nil, nil, err
	}
	request.GetBody = nil // the transport must not send it a second time on its own
	at := strconv.FormatInt(s.options.Now().Unix(), 10)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "patchdeck")
	request.Header.Set("webhook-id", m.Token)
	request.Header.Set("webhook-timestamp", at)
	request.Header.Set("webhook-signature", Sign(secret, m.Token, at, body))
	return request, wrote, nil
}

// key reads a secret as it is kept.
func key(text string) ([]byte, error) {
	secret := []byte(text)
	if coded, ok := strings.CutPrefix(text, "whsec_"); ok {
		var err error
		if secret, err = base64.StdEncoding.DecodeString(coded); err != nil {
			return nil, errors.New("the secret of the webhook begins with whsec_ and is no base64 after that")
		}
	}
	if len(secret) < leastSecret {
		return nil, fmt.Errorf("the secret of the webhook is shorter than %d bytes", leastSecret)
	}
	return secret, nil
}

// Sign gives the signature of a call.
func Sign(secret []byte, id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	for _, part := range [][]byte{[]byte(id), []byte("."), []byte(timestamp), []byte("."), body} {
		mac.Write(part)
	}
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// judge says what an answer means.
func judge(answer *http.Response, said []byte, now time.Time) error {
	words := "the receiver answers " + answer.Status
	if len(said) > 0 {
		words += ": " + string(said)
	}
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code >= 300 && code < 400:
		return &notice.Trouble{Words: words + " (redirects are not followed: configure the address it names, if that is right)", Unreached: true}
	case code == http.StatusUnauthorized || code == http.StatusForbidden || code == http.StatusNotFound:
		return &notice.Trouble{Words: words, Unreached: true}
	case code == http.StatusRequestTimeout || code == http.StatusTooEarly:
		return &notice.Trouble{Words: words}
	case code == http.StatusTooManyRequests || code >= 500:
		return &notice.Trouble{Words: words, Unreached: true, After: retryAfter(answer.Header.Get("Retry-After"), now)}
	default:
		return &notice.Trouble{Words: words, Permanent: true}
	}
}

// retryAfter reads the header: seconds, or a time. What cannot be read asks for nothing; who waits bounds the pause.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return max(0, at.Sub(now))
}

// plainError leaves the address out: it may be a secret in itself.
func plainError(err error) string {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return "the receiver cannot be reached: " + err.Error()
}
