package status_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/rollout"
	"patchdeck/ui/status"
	"patchdeck/ui/uitest"
)

// site serves a view on loopback.
func site(t *testing.T, o status.Options) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := status.Serve(l, o)
	t.Cleanup(func() { s.Close(t.Context()) })
	return "http://" + l.Addr().String()
}

func get(t *testing.T, url string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func TestATeamSeesItsOwnServersAndTheirWindows(t *testing.T) {
	view := uitest.Night(200)
	owner := view.Servers[0].Owner
	base := site(t, status.Options{Viewer: uitest.NewConsole(view), Version: "1.2.3"})
	_, all := get(t, base+"/")
	_, own := get(t, base+"/?owner="+strings.ReplaceAll(owner, " ", "+"))
	for i := range view.Servers {
		s := &view.Servers[i]
		row := `<th scope="row">` + s.Name + "<"
		if !strings.Contains(all, row) {
			t.Errorf("the page of everybody lacks %s", s.Name)
		}
		if has := strings.Contains(own, row); has != (s.Owner == owner) {
			t.Errorf("the page of %s: %s is of %s, shown %v", owner, s.Name, s.Owner, has)
		}
	}
	for _, r := range view.Rollouts {
		if !strings.Contains(own, r.ID) {
			t.Errorf("the page does not name %s", r.ID)
		}
	}
	for _, s := range view.Rollouts[len(view.Rollouts)-1].Cells[:5] {
		if word := string(s.Delivery); !strings.Contains(all, s.Delivery.Status().Glyph+"</span> "+word) {
			t.Errorf("no glyph and word for %s", word)
		}
	}
}

func TestThePageCanOnlyBeRead(t *testing.T) {
	base := site(t, status.Options{Viewer: uitest.NewConsole(uitest.Night(20))})
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions, "TRACE"} {
		for _, path := range []string{"/", "/metrics", "/health"} {
			r, _ := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader("rollout=R-1"))
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %s", method, path, answer.Status)
			}
		}
	}
	answer, page := get(t, base+"/")
	if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(page, "<script") {
		t.Errorf("policy %q", policy)
	}
	if answer, _ := get(t, base+"/../etc/passwd"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a path that is none: %s", answer.Status)
	}
	if answer, _ := get(t, base+"/?owner="+strings.Repeat("x", 5000)); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("an endless owner: %s", answer.Status)
	}
}

func TestWhatServersSayCannotBecomeMarkup(t *testing.T) {
	view := uitest.Hostile(40)
	view.Servers[0].Owner = `<script>alert("owner")</script>`
	view.ReadOnly = `<img src=x onerror=alert(1)>`
	_, page := get(t, site(t, status.Options{Viewer: uitest.NewConsole(view)})+`/?owner=%3Cscript%3Ealert(2)%3C%2Fscript%3E`)
	for _, bad := range []string{"<script", "<img", "\x1b"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

func TestABrowserThatHasTheNewestPageGetsNoBody(t *testing.T) {
	console := uitest.NewConsole(uitest.Night(30))
	base := site(t, status.Options{Viewer: console})
	first, _ := get(t, base+"/")
	tag := first.Header.Get("ETag")
	again, body := get(t, base+"/", "If-None-Match", tag)
	if again.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("the same view: %s, %d bytes", again.Status, len(body))
	}
	newer := uitest.Halted(30)
	newer.Generation = console.View().Generation + 1
	console.Show(newer)
	if answer, _ := get(t, base+"/", "If-None-Match", tag); answer.StatusCode != http.StatusOK {
		t.Errorf("a newer view: %s", answer.Status)
	}
}

func TestHealthSaysWhyNothingStarts(t *testing.T) {
	view := uitest.Night(5)
	console := uitest.NewConsole(view)
	base := site(t, status.Options{Viewer: console})
	if answer, _ := get(t, base+"/health"); answer.StatusCode != http.StatusOK {
		t.Errorf("all is well: %s", answer.Status)
	}
	stuck := uitest.Night(5)
	stuck.ReadOnly = "the clock jumped"
	console.Show(stuck)
	if answer, words := get(t, base+"/health"); answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(words, "the clock jumped") {
		t.Errorf("nothing starts: %s %q", answer.Status, words)
	}
}

func TestMetricsAreTheNumbersOfTheView(t *testing.T) {
	view := uitest.Night(100)
	_, text := get(t, site(t, status.Options{Viewer: uitest.NewConsole(view), Free: func() (uint64, error) { return 42, nil }})+"/metrics")
	for _, line := range []string{"patchdeck_store_free_bytes 42", "patchdeck_servers 100", "patchdeck_read_only 0"} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q in %s", line, text)
		}
	}
	for _, r := range view.Rollouts {
		if r.State == rollout.Closed {
			continue
		}
		for status, n := range r.Counts {
			line := `patchdeck_advertisements{ring="` + string(r.Ring) + `",rollout="` + r.ID + `",status="` + string(status) + `"} `
			at := strings.Index(text, line)
			if at < 0 || !strings.HasPrefix(text[at+len(line):], strconv.Itoa(n)+"\n") {
				t.Errorf("%s is not %d", line, n)
			}
		}
	}
}

func TestASlowVisitorDoesNotKeepTheSite(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := status.Serve(l, status.Options{Viewer: uitest.NewConsole(uitest.Night(5))})
	silent, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if _, err := io.WriteString(silent, "GET / HTTP/1.1\r\nHost: x\r\n"); err != nil {
		t.Fatal(err)
	}
	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Close(soon); err != nil {
		t.Error(err)
	}
	silent.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.ReadAll(silent); err != nil {
		t.Errorf("a visitor who never ends the request was not let go: %v", err)
	}
}

// BenchmarkPage is the page of 10,000 servers, made anew for every view: more often than once a view it is not made.
func BenchmarkPage(b *testing.B) {
	view := uitest.Night(10000)
	console := uitest.NewConsole(view)
	handler := status.New(status.Options{Viewer: console})
	for b.Loop() {
		newer := *view
		newer.Generation = console.View().Generation + 1
		console.Show(&newer)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		b.SetBytes(int64(w.Body.Len()))
	}
}
