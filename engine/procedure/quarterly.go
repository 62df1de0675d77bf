package procedure

import (
	"fmt"
	"strings"
	"time"

	"patchdeck/engine/approval"
	"patchdeck/engine/calendar"
)

// Questionnaire holds the answers to the quarterly questions; an answer given again replaces the one before.
type Questionnaire struct {
	Quarter string            `json:"quarter"`
	Answers map[string]Answer `json:"answers"`
}

// Answer is one answer with who gave it.
type Answer struct {
	Words string    `json:"words"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

// CheckAnswer refuses an answer to a question that nobody asks.
func CheckAnswer(question, words string) error {
	return checkAnswers(QuarterlyQuestions, map[string]string{question: words})
}

// Source is an outside source of security news that Security keeps and reviews each quarter.
type Source struct {
	Name     string `json:"name"`
	Address  string `json:"address"`
	Why      string `json:"why"`
	By       string `json:"by,omitempty"` // who added it; empty is with patchdeck
	Reviewed string `json:"reviewed,omitempty"`
	Verdict  string `json:"verdict,omitempty"` // of that quarter's review
	Gone     bool   `json:"gone,omitempty"`    // taken off the list
}

// FirstSources stand on the list from the start.
var FirstSources = []Source{
	{Name: "Microsoft Security Update Guide", Address: "https://msrc.microsoft.com/update-guide", Why: "the vendor's bulletins, severities and exploitation"},
	{Name: "Windows release health", Address: "https://learn.microsoft.com/windows/release-health/", Why: "known issues of updates and their workarounds"},
	{Name: "CISA known exploited vulnerabilities", Address: "https://www.cisa.gov/known-exploited-vulnerabilities-catalog", Why: "what is attacked now"},
	{Name: "National Vulnerability Database", Address: "https://nvd.nist.gov", Why: "scores and affected products"},
}

// Check refuses a source that nobody could find.
func (s Source) Check() error {
	if strings.TrimSpace(s.Name) == "" {
		return fmt.Errorf("a source needs a name")
	}
	host, secure := strings.CutPrefix(s.Address, "https://")
	if !secure || host == "" || strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"<>\\`, r) }) {
		return fmt.Errorf("%.80q is no address: it begins with https://", s.Address)
	}
	if strings.TrimSpace(s.Why) == "" {
		return fmt.Errorf("say why %s is worth reading", s.Name)
	}
	return nil
}

// Review marks a source as reviewed in a quarter.
func (s Source) Review(quarter calendar.Quarter, verdict string) (Source, error) {
	if s.Gone {
		return s, approval.Clash("%s was taken off the list", s.Name)
	}
	if strings.TrimSpace(verdict) == "" {
		return s, fmt.Errorf("say what the review of %s found: keep it, and why", s.Name)
	}
	s.Reviewed, s.Verdict = quarter.String(), verdict
	return s, nil
}

// QuarterDue is when the quarter's questionnaire and sources have to be through: its last day.
func QuarterDue(quarter calendar.Quarter, zone *time.Location) time.Time {
	return quarter.Last().At(calendar.ClockAt(17, 0), zone)
}

// QuarterAhead is how long before its end what a quarter still lacks is named.
const QuarterAhead = 14 * 24 * time.Hour

// Missing lists the questions that a quarter has not answered.
func (q Questionnaire) Missing() []Question {
	var missing []Question
	for _, question := range QuarterlyQuestions {
		if _, ok := q.Answers[question.Key]; !ok {
			missing = append(missing, question)
		}
	}
	return missing
}
