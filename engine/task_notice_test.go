package engine_test

import (
	"slices"
	"strings"
	"testing"

	"patchdeck/cmd/patchdeck/rehearsal"
	"patchdeck/engine"
	"patchdeck/engine/notice"
)

// overdueNotices are the notices of overdue tasks, oldest first.
func overdueNotices(v *engine.View) (list []notice.Notice) {
	for _, n := range slices.Backward(v.Notices) {
		if n.Kind == notice.Tasks {
			list = append(list, n.Notice)
		}
	}
	return list
}

// Handbook 5 and 6: "a task past its deadline is overdue and shows what to do about it": those whose task it is are told, once for each deadline, also
// across a restart.
func TestThoseWhoseTaskIsOverdueAreToldOnce(t *testing.T) {
	inMonth(t, func(m *month) {
		t := m.t
		m.do(rehearsal.Lead, engine.ImportServers{Source: "test", Servers: m.script.Servers})
		m.on(6, 17, 30)
		want := []string{"task 1, Advance notice", "task 2, No advance notice", "task 3, Check relevance", "task 4, Submit the change request", "2 tasks of the lead", "task 7, Authorise"}
		check := func(when string) {
			t.Helper()
			told := overdueNotices(m.engine.View())
			for i, n := range told {
				if i >= len(want) || !strings.Contains(n.Subject, want[i]) || !strings.Contains(n.Subject, "January 2000") {
					t.Errorf("%s: notice %d is %q", when, i, n.Subject)
				}
			}
			if len(told) != len(want) {
				t.Errorf("%s: %d notices, want %d", when, len(told), len(want))
			}
		}
		check("on day -5")
		lead := overdueNotices(m.engine.View())[4].Body
		for _, says := range []string{"5. Heads-up notice", "6. Publish the advance notice", "was due Thu 6 Jan 2000 17:00 UTC", "what to do: send the heads-up now", "They belong to the lead"} {
			if !strings.Contains(lead, says) {
				t.Errorf("the lead is not told %q:\n%s", says, lead)
			}
		}
		m.end()
		m.start()
		m.on(6, 18, 0)
		check("after a restart")
		m.do(rehearsal.Lead, engine.DoTask{Cycle: "2000-01", Task: 6, Note: "published"})
		m.do(rehearsal.Lead, engine.ReopenTask{Cycle: "2000-01", Task: 6, Reason: "the wrong list"})
		m.on(7, 9, 0)
		check("on the next day, with a task that was reopened")
	})
}
