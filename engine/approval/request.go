package approval

import (
	"fmt"
	"strings"
)

// Request is what a change request states, in its submitter's words.
type Request struct {
	Vulnerabilities string `json:"vulnerabilities,omitempty"`
	Assets          string `json:"assets,omitempty"`
	RiskOfLeaving   string `json:"risk_of_leaving,omitempty"`
	RiskOfInstall   string `json:"risk_of_installing,omitempty"`
	Mitigations     string `json:"mitigations,omitempty"`
	Category        string `json:"category,omitempty"`
	Cost            string `json:"cost,omitempty"`
	Means           string `json:"means,omitempty"`
	People          string `json:"people,omitempty"`
	OtherChanges    string `json:"other_changes,omitempty"`
	Go              string `json:"go,omitempty"`
}

// RequestField is one part of a request: its name on a command line and what belongs there.
type RequestField struct {
	Name, Meaning string
	at            func(*Request) *string
}

// RequestFields are the parts of a request in the order in which they are read.
var RequestFields = []RequestField{
	{"vulnerabilities", "which vulnerabilities it closes", func(r *Request) *string { return &r.Vulnerabilities }},
	{"assets", "which assets are affected", func(r *Request) *string { return &r.Assets }},
	{"risk-of-leaving", "what may happen if it is not installed", func(r *Request) *string { return &r.RiskOfLeaving }},
	{"risk-of-installing", "what may happen if it is", func(r *Request) *string { return &r.RiskOfInstall }},
	{"mitigations", "which countermeasures are in place", func(r *Request) *string { return &r.Mitigations }},
	{"change-category", "restart, dependencies, whether it can be removed", func(r *Request) *string { return &r.Category }},
	{"cost", "what it costs", func(r *Request) *string { return &r.Cost }},
	{"means", "how it is distributed", func(r *Request) *string { return &r.Means }},
	{"people", "who is needed", func(r *Request) *string { return &r.People }},
	{"other-changes", "which other changes happen at that time", func(r *Request) *string { return &r.OtherChanges }},
	{"go", "the submitter's recommendation: go or no-go", func(r *Request) *string { return &r.Go }},
}

// mostRequestText bounds one part of a request.
const mostRequestText = 4000

// Of gives the part's text in a request.
func (f RequestField) Of(r Request) string { return *f.at(&r) }

// Set gives the request with one part replaced.
func (r Request) Set(f RequestField, words string) Request {
	*f.at(&r) = words
	return r
}

// With gives the request with the parts that the other one states in place of its own.
func (r Request) With(other Request) (Request, error) {
	for _, f := range RequestFields {
		words := strings.TrimSpace(f.Of(other))
		switch {
		case words == "":
			continue
		case len(words) > mostRequestText:
			return r, fmt.Errorf("%s is %d bytes long, at most %d are possible: put the rest into a document and name it here", f.Name, len(words), mostRequestText)
		case f.Name == "go" && !strings.HasPrefix(words, "go") && !strings.HasPrefix(words, "no-go"):
			return r, fmt.Errorf("go is %q: it begins with go or no-go", words)
		}
		r = r.Set(f, words)
	}
	return r, nil
}

// Unsaid lists the parts that a request leaves open.
func (r Request) Unsaid() []string {
	var names []string
	for _, f := range RequestFields {
		if f.Of(r) == "" {
			names = append(names, f.Name)
		}
	}
	return names
}
