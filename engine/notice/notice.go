package notice

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// Notice is one notice as it was composed: its text never changes, so that the project's history holds what people were told.
type Notice struct {
	ID      string    `json:"id"`  // "N-12"
	Key     string    `json:"key"` // one notice a key
	Kind    Kind      `json:"kind"`
	Release string    `json:"release,omitempty"`
	Change  string    `json:"change,omitempty"`
	Rollout string    `json:"rollout,omitempty"`
	At      time.Time `json:"at"`
	By      string    `json:"by"` // "engine", or who sent it by hand
	Subject string    `json:"subject"`
	Body    string    `json:"body"`
	Covers  []string  `json:"covers,omitempty"` // the incidents that it tells of
	Copies  int       `json:"copies"`
	// Calendar is the schedule as iCalendar, for notices that carry it.
	Calendar string `json:"calendar,omitempty"`
}

// Message is one copy of a notice on its way.
type Message struct {
	Notice
	Addressee
	// Token is the same for every attempt at this copy: receivers recognise by it what they have already.
	Token string
}

// Address makes the copies of a notice.
func (n Notice) Address(addressees []Addressee) []Delivery {
	var list []Delivery
	for i, a := range addressees {
		list = append(list, Delivery{ID: n.ID + "." + strconv.Itoa(i+1), Notice: n.ID, Channel: a.Channel, To: a.To, Token: n.token(a), State: Waiting, Since: n.At})
	}
	return list
}

// token differs between copies, between notices, and between the notices of two stores, which may have the same ids.
func (n Notice) token(a Addressee) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{n.Key, n.At.UTC().Format(time.RFC3339Nano), string(a.Channel), strings.ToLower(a.To), n.Subject}, "\x00")))
	return hex.EncodeToString(sum[:16])
}
