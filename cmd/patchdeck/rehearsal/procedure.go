package rehearsal

import (
	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/procedure"
)

// byHand is what people of the cast do of the month's procedure and what they note; the rest the engine sees.
var byHand = map[int]struct {
	who  approval.Actor
	note string
}{
	1: {Lead, "the vendor announces updates for Windows Server, some of them critical"},
	8: {Support, "no availability issues are known"},
	9: {Lead, "security reported no change of the threat level at the board meeting"},
}

// procedure ticks the tasks that nobody but a person can, when their time has come.
func (s Script) procedure(v *engine.View) (Act, bool) {
	for _, line := range v.Procedure.Tasks {
		task, known := byHand[line.Task]
		if known && (line.State == procedure.Open || line.State == procedure.Overdue) {
			return Act{task.who, engine.DoTask{Cycle: v.Procedure.Current, Task: line.Task, Note: task.note}}, true
		}
	}
	return Act{}, false
}
