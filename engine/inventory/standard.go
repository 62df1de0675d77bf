package inventory

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/goccy/go-yaml"
)

// Standard is one minimum standard: a rule over what is known of a server, and what follows when it does not hold.
type Standard struct {
	ID       string   `json:"id" yaml:"id"`
	Title    string   `json:"title" yaml:"title"`
	Applies  string   `json:"applies,omitempty" yaml:"applies"` // an expression; empty is every managed server
	Rule     string   `json:"rule" yaml:"rule"`                 // an expression that holds for a server that meets the standard
	Severity Severity `json:"severity" yaml:"severity"`
	Days     int      `json:"days" yaml:"days"` // within which a violation is to be mended
	Remedy   string   `json:"remedy" yaml:"remedy"`
}

// StandardSet is all minimum standards together, as they were last put in force and reviewed.
type StandardSet struct {
	Standards []Standard `json:"standards"`
	Source    string     `json:"source"`
	Set       Signed     `json:"set"`
	Reviewed  Signed     `json:"reviewed"`
}

// ExampleStandards is a commented file of standards to begin with.
//
//go:embed standards.yaml
var ExampleStandards string

const (
	mostStandards     = 100
	mostStandardBytes = 256 << 10
)

// ReadStandards reads a YAML file of standards. All are good, or none comes back.
func ReadStandards(r io.Reader) ([]Standard, error) {
	text, err := readBounded(r, mostStandardBytes)
	if err != nil {
		return nil, err
	}
	if err := plainYAML(text); err != nil {
		return nil, err
	}
	var file struct {
		Standards []Standard `yaml:"standards"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.New(oneLine(errors.New(yaml.FormatError(err, false, false))))
	}
	if n := len(file.Standards); n == 0 || n > mostStandards {
		return nil, fmt.Errorf("the file has %d standards, expected a list \"standards:\" of 1 to %d", n, mostStandards)
	}
	var bad []error
	for i, s := range file.Standards {
		if slices.ContainsFunc(file.Standards[:i], func(o Standard) bool { return o.ID == s.ID }) {
			bad = append(bad, fmt.Errorf("standard %s stands twice", quote(s.ID)))
		}
		if err := s.Check(); err != nil {
			bad = append(bad, fmt.Errorf("standard %d, %s: %w", i+1, quote(s.ID), err))
		}
	}
	return file.Standards, errors.Join(bad...)
}

// readBounded reads text of at most some bytes.
func readBounded(r io.Reader, most int) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err == nil && len(text) > most {
		err = fmt.Errorf("it is longer than %d bytes", most)
	}
	return text, err
}

// Check refuses a standard that could not be applied.
func (s Standard) Check() error {
	if err := CheckName("standard", s.ID); err != nil {
		return err
	}
	for _, text := range []struct{ name, words string }{{"title", s.Title}, {"remedy", s.Remedy}} {
		if text.words == "" || len(text.words) > 500 || printable(text.words) != nil {
			return fmt.Errorf("its %s is missing, longer than 500 bytes or not printable", text.name)
		}
	}
	switch {
	case !slices.Contains(Severities, s.Severity):
		return fmt.Errorf("its severity %s is none of %v", quote(string(s.Severity)), Severities)
	case s.Days < 1 || s.Days > 365:
		return fmt.Errorf("its days are %d, expected 1 to 365", s.Days)
	}
	for _, e := range []string{s.Applies, s.Rule} {
		if e == "" && s.Rule != "" {
			continue
		}
		if _, err := CompileFilter(e); err != nil {
			return err
		}
	}
	return nil
}

// Violated is what a server that does not meet the standard shows. Why is empty, or why the rule gave no answer.
func (s Standard) Violated(server Server, why string) Observation {
	words := "not met: " + s.Title
	if why != "" {
		words = "could not be checked: " + s.Title + ": " + why
	}
	return Observation{Kind: Violation, Subject: server.Name, Rule: s.ID, Server: server.ID, Words: words, Todo: s.Remedy, Severity: s.Severity,
		Within: time.Duration(s.Days) * 24 * time.Hour}
}
