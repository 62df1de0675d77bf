package status

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
)

// Viewer is what the page reads: an engine, as far as looking goes.
type Viewer interface{ View() *engine.View }

// Options say what the page shows.
type Options struct {
	Viewer  Viewer
	Zone    *time.Location // nil is UTC
	Version string
	// Free measures the bytes left on the store's disk; nil leaves the number out.
	Free func() (uint64, error)
}

// handler answers with pages made of views.
type handler struct {
	Options
	style []byte

	mutex sync.Mutex
	pages map[string]made // by owner, of the newest view alone
	of    uint64          // generation of the view that the pages show
}

// made is a page with its tag.
type made struct {
	text []byte
	tag  string
}

//go:embed page.css
var styleSheet string

// New makes the handler of the whole site.
func New(o Options) http.Handler {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	h := &handler{Options: o, style: []byte(toneColours() + styleSheet), pages: map[string]made{}}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector{o})
	metrics := promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", h.page)
	mux.HandleFunc("/style.css", h.styles)
	mux.HandleFunc("/health", h.health)
	mux.Handle("/metrics", metrics)
	return guard(mux)
}

// guard refuses everything that is not a look, and tells browsers to let nothing in.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff",
			"X-Frame-Options":         "DENY",
			"Referrer-Policy":         "no-referrer",
			"Cache-Control":           "no-cache",
		} {
			w.Header().Set(name, value)
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "this page can only be read: changes go through the console", http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// mostFilters bounds how many pages of one view are kept: an owner that nobody has needs no page of its own.
const mostFilters = 64

// mostOwner bounds the name that a visitor may ask for.
const mostOwner = 200

func (h *handler) page(w http.ResponseWriter, r *http.Request) {
	owner := r.URL.Query().Get("owner")
	if len(owner) > mostOwner {
		http.Error(w, "that owner's name is too long", http.StatusBadRequest)
		return
	}
	p, err := h.pageFor(h.Viewer.View(), owner)
	if err != nil {
		http.Error(w, "the page cannot be made; the console's log says why", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("ETag", p.tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(p.text))
}

// pageFor gives the page of a view, made once.
func (h *handler) pageFor(v *engine.View, owner string) (made, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if v.Generation != h.of || len(h.pages) >= mostFilters {
		clear(h.pages)
		h.of = v.Generation
	}
	if p, ok := h.pages[owner]; ok {
		return p, nil
	}
	var text bytes.Buffer
	if err := pageTemplate.Execute(&text, h.sheet(v, owner)); err != nil {
		return made{}, err
	}
	clean := cleanLines(text.String())
	sum := sha256.Sum256(clean)
	p := made{clean, `"` + hex.EncodeToString(sum[:12]) + `"`}
	h.pages[owner] = p
	return p, nil
}

// cleanLines takes out what escaping leaves in: control characters and marks that turn the reading direction.
func cleanLines(text string) []byte {
	clean := make([]byte, 0, len(text))
	for line := range strings.Lines(text) {
		clean = append(append(clean, part.Clean(strings.TrimSuffix(line, "\n"))...), '\n')
	}
	return clean
}

func (h *handler) styles(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(h.style))
}

// health answers a monitoring system: the engine publishes views, and nothing keeps it from starting work.
func (h *handler) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if why := h.Viewer.View().ReadOnly; why != "" {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, why)
		return
	}
	fmt.Fprintln(w, "ok")
}

// toneColours writes the palette of the console as variables of the style sheet, for light and for dark screens.
func toneColours() string {
	var light, dark strings.Builder
	seen := map[rollout.Tone]bool{}
	for _, s := range rollout.Statuses {
		if seen[s.Tone] {
			continue
		}
		seen[s.Tone] = true
		onDark, onLight := part.ToneColours(s.Tone)
		fmt.Fprintf(&light, "--%s:%s;", s.Tone, onLight)
		fmt.Fprintf(&dark, "--%s:%s;", s.Tone, onDark)
	}
	return ":root{color-scheme:light dark;" + light.String() + "}\n@media (prefers-color-scheme:dark){:root{" + dark.String() + "}}\n"
}
