package inventory

import (
	"fmt"
	"slices"
	"strings"
)

// Continuity is how the work that an application does goes on while its servers are away, as its support arranged it.
type Continuity struct {
	Application string `json:"application"` // as the inventory writes it
	Arrangement string `json:"arrangement"` // empty when it was taken back
	Signed
}

// longestArrangement bounds the words of an arrangement, in bytes.
const longestArrangement = 1000

// Check refuses an arrangement that cannot be kept.
func (c Continuity) Check() error {
	switch {
	case len(c.Arrangement) > longestArrangement:
		return fmt.Errorf("the arrangement is %d bytes long, %d are enough: name the document that says more", len(c.Arrangement), longestArrangement)
	case strings.ContainsFunc(c.Arrangement, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Errorf("the arrangement is one line of printable characters")
	}
	return nil
}

// Critical tells that an application runs on the server whose loss would cost much.
func (s *Server) Critical(application string) bool {
	return s.Value == "high" && slices.Contains(s.Applications, application)
}
