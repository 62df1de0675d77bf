package approval

import (
	"fmt"
	"strings"
	"time"
)

// Question is one question of a list that people answer.
type Question struct {
	Key   string `json:"key"`
	Words string `json:"words"`
}

// ReviewQuestions are what the review after a deployment answers.
var ReviewQuestions = []Question{
	{"categories", "Were the priority and the categories right?"},
	{"hole", "Is the hole closed on every server?"},
	{"baseline", "Was the update added to the baseline?"},
	{"better", "What do we do better next time?"},
}

// Review is what was learnt from the deployment of one release.
type Review struct {
	Answers map[string]string `json:"answers"` // by the key of the question
	By      string            `json:"by"`
	At      time.Time         `json:"at"`
}

// Unanswered lists the questions that a review leaves open.
func Unanswered(answers map[string]string) []string {
	var open []string
	for _, q := range ReviewQuestions {
		if strings.TrimSpace(answers[q.Key]) == "" {
			open = append(open, fmt.Sprintf("%s (%s)", q.Key, q.Words))
		}
	}
	return open
}

// Check refuses a review that leaves a question open, or answers one that nobody asks.
func (r Review) Check() error {
	if open := Unanswered(r.Answers); len(open) > 0 {
		return fmt.Errorf("the review leaves open: %s", strings.Join(open, ", "))
	}
	if len(r.Answers) > len(ReviewQuestions) {
		return fmt.Errorf("the review answers %d questions, and %d are asked", len(r.Answers), len(ReviewQuestions))
	}
	return nil
}
