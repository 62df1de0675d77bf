package approval

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Handbook 5: the account disabled and the server isolated need a recorded executive approval, by another person than who asked; whatever people try
// in whatever order, no measure is done that nobody approved, and what is lifted stays lifted.
func TestNoMeasureIsDoneWithoutAnExecutivesApproval(t *testing.T) {
	at := time.Date(2026, 11, 10, 21, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		x := Escalation{ID: "ESC-1", State: EscalationAsked, Asked: Signature{By: "kim"}}
		if rapid.Bool().Draw(t, "mended") {
			x.Mended = at
		}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			step := rapid.SampledFrom([]string{"approve", "done", "lift"}).Draw(t, "step")
			by := rapid.SampledFrom([]string{"kim", "arun"}).Draw(t, "by")
			executive := rapid.SampledFrom([]string{"", " ", "E. Ekholm", "a\nb"}).Draw(t, "executive")
			was := x
			after, err := x.Take(step, executive, Signature{By: by, At: at, Reason: "why"})
			if err != nil {
				if after != was {
					t.Fatalf("%s was refused and changed it: %+v", step, after)
				}
				continue
			}
			x = after
			switch {
			case !was.Open():
				t.Fatalf("%s after it was lifted", step)
			case x.State == EscalationApproved && (by == "kim" || executive != "E. Ekholm" || !x.Mended.IsZero()):
				t.Fatalf("approved by %s for %q, mended %s", by, executive, x.Mended)
			case x.State == EscalationDone && (x.Approved == nil || x.Executive == ""):
				t.Fatal("done without an approval")
			case x.Newest().By != by:
				t.Fatalf("%s by %s shows %+v", step, by, x.Newest())
			}
		}
	})
}

// Who comes second is told who came first and what changed.
func TestTheSecondIsToldWhereAnEscalationStands(t *testing.T) {
	x := Escalation{ID: "ESC-1", Release: "2026-11", State: EscalationAsked, Asked: Signature{By: "kim"}}
	var refused *Denied
	var clash *Conflict
	if _, err := x.Take("approve", "E. Ekholm", Signature{By: "kim"}); !errors.As(err, &refused) || errors.As(err, &clash) || !strings.Contains(err.Error(), "another person must") {
		t.Errorf("by who asked: %v", err)
	}
	approved, err := x.Take("approve", " E. Ekholm ", Signature{By: "arun", Reason: "in the call"})
	if err != nil || approved.Executive != "E. Ekholm" || x.Approved != nil {
		t.Fatalf("%+v, %v", approved, err)
	}
	if _, err := approved.Take("approve", "E. Ekholm", Signature{By: "bea"}); !errors.As(err, &clash) || !strings.Contains(err.Error(), "ESC-1 was approved by arun (in the call)") {
		t.Errorf("the second: %v", err)
	}
	if _, err := x.Take("done", "", Signature{By: "arun"}); !errors.As(err, &clash) || !strings.Contains(err.Error(), "done is for one that is approved") {
		t.Errorf("done before it was approved: %v", err)
	}
	if _, err := x.Take("undo", "", Signature{}); err == nil {
		t.Error("an unknown step")
	}
	for _, m := range Measures {
		if got, err := ParseMeasure(strings.ToUpper(string(m.Measure))); err != nil || got != m.Measure {
			t.Errorf("%s: %q, %v", m.Measure, got, err)
		}
	}
	if _, err := ParseMeasure("burn"); err == nil || !strings.Contains(err.Error(), "use disable-account or isolate-server") {
		t.Errorf("an unknown measure: %v", err)
	}
}
