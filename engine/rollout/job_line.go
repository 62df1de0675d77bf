package rollout

import "time"

// JobLine is one line of a host job's progress, as the host wrote it.
type JobLine struct {
	Seq     int       `json:"seq"`
	At      time.Time `json:"at"` // host time
	Phase   string    `json:"phase"`
	Percent int       `json:"percent"`
	KB      string    `json:"kb,omitempty"`
	Text    string    `json:"text,omitempty"`
}
