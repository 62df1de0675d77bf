package procedure

import "time"

// checklist is the lead's own list: 23 lines, two of them for a task with its escalation and one for a check with its mending.
var checklist = [][]int{{1, 2}, {3}, {4}, {6}, {7}, {5}, {8}, {9}, {10, 11}, {12}, {13}, {14, 15}, {16}, {17}, {18}, {19}, {20}, {21}, {23}, {24}, {25}, {27}, {29}}

// Check is one line of the lead's checklist with its result.
type Check struct {
	Line   int       `json:"line"`
	Tasks  []int     `json:"tasks"`
	Title  string    `json:"title"`
	State  State     `json:"state"`
	Due    time.Time `json:"due"`
	Result string    `json:"result,omitempty"`
}

// worst orders states for a line of several tasks: the line is where its worst task is.
var worst = map[State]int{Overdue: 4, Open: 3, Waiting: 2, Done: 1, Skipped: 0}

// Checklist is the lead's list of a cycle now.
func (c Cycle) Checklist(now time.Time) []Check {
	var lines []Check
	for i, tasks := range checklist {
		line := Check{Line: i + 1, Tasks: tasks}
		for n, number := range tasks {
			task, _ := TaskOf(number)
			state, due := c.State(number, now)
			if n == 0 {
				line.Title, line.State, line.Due = task.Title, state, due
			} else if worst[state] > worst[line.State] {
				line.State, line.Due = state, due
			}
			if ticks := c.Marks[number].Ticks; len(ticks) > 0 {
				if line.Result != "" {
					line.Result += "; "
				}
				line.Result += ticks[len(ticks)-1].Note
			}
		}
		lines = append(lines, line)
	}
	return lines
}
