package webhook

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/notice"
)

const secret = "whsec_c2l4dGVlbiBieXRlcyBhbmQgbW9yZQ=="

var message = notice.Message{Notice: notice.Notice{ID: "N-12", Kind: notice.Halted, Release: "2026-11-security", Change: "CHG-1", Rollout: "R-3",
	At: time.Date(2026, 11, 10, 21, 0, 0, 0, time.UTC), Subject: "R-3 is halted", Body: "because\n"}, Addressee: notice.Addressee{Channel: notice.Webhook, To: "chat"}, Token: "0123456789abcdef"}

var now = time.Date(2026, 11, 10, 21, 5, 0, 0, time.UTC)

func known(context.Context) (string, error) { return secret, nil }

func post(t *testing.T, o Options) *notice.Trouble {
	t.Helper()
	if o.Secret == nil {
		o.Secret = known
	}
	o.Now = func() time.Time { return now }
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Post(t.Context(), message)
	var trouble *notice.Trouble
	if err != nil && !errors.As(err, &trouble) {
		t.Fatalf("%T: %v, want a Trouble", err, err)
	}
	return trouble
}

func certificate(s *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

func TestACallIsSignedAsStandardWebhooksSays(t *testing.T) {
	var got Body
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if want := Sign(key, "0123456789abcdef", "1794344700", body); r.Header.Get("webhook-signature") != want || r.Header.Get("webhook-id") != "0123456789abcdef" ||
			r.Header.Get("webhook-timestamp") != "1794344700" {
			t.Errorf("headers %v, want the signature %s", r.Header, want)
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	if trouble := post(t, Options{URL: server.URL, CA: certificate(server)}); trouble != nil {
		t.Fatal(trouble)
	}
	if got.Notice != "N-12" || got.Subject != "R-3 is halted" || got.Kind != "halted" || got.Rollout != "R-3" || got.Text != "because\n" {
		t.Errorf("%+v", got)
	}
}

// The example of the specification: https://www.standardwebhooks.com, "verifying signatures".
func TestASignatureIsTheOneThatReceiversCompute(t *testing.T) {
	key, err := key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	got := Sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestEachAnswerMeansWhatItShould(t *testing.T) {
	for status, want := range map[int]*notice.Trouble{
		200: nil, 204: nil,
		301: {Unreached: true}, 307: {Unreached: true}, 401: {Unreached: true}, 404: {Unreached: true},
		400: {Permanent: true}, 410: {Permanent: true}, 413: {Permanent: true},
		408: {}, 429: {Unreached: true, After: 90 * time.Second}, 500: {Unreached: true, After: 90 * time.Second}, 503: {Unreached: true, After: 90 * time.Second},
	} {
		calls := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls++
			w.Header().Set("Location", "/elsewhere")
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(status)
			io.WriteString(w, strings.Repeat("long ", 1000))
		}))
		got := post(t, Options{URL: server.URL})
		server.Close()
		if (got == nil) != (want == nil) || got != nil && (got.Permanent != want.Permanent || got.Unreached != want.Unreached || got.Uncertain || got.After != want.After) {
			t.Errorf("%d: %+v, want %+v", status, got, want)
		}
		if calls != 1 {
			t.Errorf("%d: called %d times, want once", status, calls)
		}
		if got != nil && len(got.Words) > 2*mostAnswer {
			t.Errorf("%d: %d bytes of answer are kept", status, len(got.Words))
		}
	}
}

func TestWhatHappensToTheConnectionIsToldApart(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	if got := post(t, Options{URL: "http://" + closed.Addr().String()}); got == nil || !got.Unreached || got.Uncertain {
		t.Errorf("nobody listens: %+v, want not reached", got)
	}
	drops := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	}))
	defer drops.Close()
	if got := post(t, Options{URL: drops.URL}); got == nil || !got.Uncertain || got.Unreached {
		t.Errorf("the connection breaks after the call: %+v, want an end that is not known", got)
	}
	release := make(chan struct{})
	ctx, over := context.WithCancel(t.Context())
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { over(); <-release }))
	defer slow.Close()
	defer close(release)
	s, err := New(Options{URL: slow.URL, Secret: known})
	if err != nil {
		t.Fatal(err)
	}
	var got *notice.Trouble
	if err := s.Post(ctx, message); !errors.As(err, &got) || !got.Uncertain {
		t.Errorf("the receiver does not answer: %v, want an end that is not known", err)
	}
	stranger := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a receiver without a good certificate was called") }))
	stranger.Config.ErrorLog = discard()
	stranger.StartTLS()
	defer stranger.Close()
	if got := post(t, Options{URL: stranger.URL}); got == nil || !got.Unreached || !strings.Contains(got.Words, "certificate") {
		t.Errorf("a certificate that nobody vouches for: %+v", got)
	}
}

func TestOnlySafeAddressesAndSecretsAreTaken(t *testing.T) {
	for address, good := range map[string]bool{"https://chat.example.com/x": true, "http://127.0.0.1:9/x": true, "http://localhost/x": true, "http://[::1]/": true,
		"http://chat.example.com/x": false, "ftp://127.0.0.1/": false, "https://user:word@chat.example.com/": false, "": false, "https://": false, "mailto:a@b": false, "://": false} {
		if err := CheckURL(address); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
	for text, says := range map[string]string{"short": "shorter than 16", "whsec_!": "no base64"} {
		got := post(t, Options{URL: "http://127.0.0.1:9/", Secret: func(context.Context) (string, error) { return text, nil }})
		if got == nil || !strings.Contains(got.Words, says) || !got.Unreached {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "90", "-1", "99999999999999999999", "Tue, 10 Nov 2026 21:10:00 GMT", "Tue, 10 Nov 9999 21:10:00 GMT"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d := retryAfter(text, now); d < 0 {
			t.Errorf("%q: %v", text, d)
		}
	})
}

func discard() *log.Logger { return log.New(io.Discard, "", 0) }
