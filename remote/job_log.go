package remote

import "patchdeck/engine/rollout"

// logResult is what of job-poll's answer is a log.
type logResult struct {
	Job   string       `json:"job"`
	Lines []lineResult `json:"lines"`
}

// lineResult is LINE of the script protocol.
type lineResult struct {
	Seq     int64  `json:"seq"`
	At      string `json:"at"`
	Phase   string `json:"phase"`
	Percent int64  `json:"percent"`
	KB      string `json:"kb"`
	Text    string `json:"text"`
}

// believe checks the lines of a job: not more than were asked for, and each with a time.
func (r *logResult) believe(job string, most int) ([]rollout.JobLine, error) {
	const mostSeq = 1 << 30
	var c check
	if r.Job != job {
		c.refuse("job", "is another one than was asked for")
	}
	c.list("lines", len(r.Lines), most)
	lines := make([]rollout.JobLine, 0, min(len(r.Lines), most))
	for _, l := range r.Lines[:min(len(r.Lines), most)] {
		line := rollout.JobLine{Seq: int(c.within("lines.seq", l.Seq, 0, mostSeq)), At: c.time("lines.at", l.At), Phase: clean(l.Phase, 64),
			Percent: int(c.within("lines.percent", l.Percent, 0, 100)), Text: clean(l.Text, shortWords)}
		if l.KB != "" {
			line.KB = c.update("lines.kb", l.KB)
		}
		lines = append(lines, line)
	}
	return lines, c.err
}
