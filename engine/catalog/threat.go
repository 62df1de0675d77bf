package catalog

import (
	"fmt"
	"strconv"
	"strings"
)

// vulnerabilityFacts is what one vulnerability says, before it is known which of its products a KB fixes.
type vulnerabilityFacts struct {
	cve                  string
	exploited, disclosed bool
	severity             worst[Severity]
	cvss                 worst[float64]
}

// worst holds the highest value per product id, and one for all products where the document names none.
type worst[T Severity | float64] struct {
	all T
	by  map[string]T
}

func (w *worst[T]) note(products list[text], value T) {
	if len(products) == 0 {
		w.all = max(w.all, value)
		return
	}
	if w.by == nil {
		w.by = map[string]T{}
	}
	for _, p := range products {
		id := p.clean(40)
		w.by[id] = max(w.by[id], value)
	}
}

func (w *worst[T]) of(product string) T { return max(w.all, w.by[product]) }

// facts reads the threats and scores of a vulnerability.
func (f *folding) facts(cve string, v *vulnerability) vulnerabilityFacts {
	facts := vulnerabilityFacts{cve: cve}
	for i := range v.Threats {
		t := &v.Threats[i]
		switch {
		case severityOf.is(t.Type):
			severity, err := ParseSeverity(string(t.Description))
			if err != nil {
				f.skipped.add(cve, err.Error())
				continue
			}
			facts.severity.note(t.Products, severity)
		case exploitStatus.is(t.Type):
			facts.exploited = facts.exploited || says(t.Description, "Exploited")
			facts.disclosed = facts.disclosed || says(t.Description, "Publicly Disclosed")
		}
	}
	for i := range v.Scores {
		f.score(&facts, &v.Scores[i])
	}
	return facts
}

func (f *folding) score(facts *vulnerabilityFacts, s *score) {
	base := s.Base.clean(20)
	if base == "" {
		return
	}
	value, err := strconv.ParseFloat(base, 64)
	if err != nil || !(value >= 0 && value <= 10) {
		f.skipped.add(facts.cve, fmt.Sprintf("BaseScore %s is no number from 0 to 10", quote(base)))
		return
	}
	facts.cvss.note(s.Products, value)
}

// says tells whether a status such as "Publicly Disclosed:No;Exploited:Yes;..." answers the question with yes.
func says(status text, question string) bool {
	for pair := range strings.SplitSeq(string(status), ";") {
		name, answer, _ := strings.Cut(pair, ":")
		if text(name).same(question) && text(answer).same("Yes") {
			return true
		}
	}
	return false
}
