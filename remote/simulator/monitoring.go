package simulator

import (
	"encoding/json"
	"regexp"
	"time"
)

// monitoring is what the server's monitoring script was last asked for.
type monitoring struct{ action, change string }

// monitored is the result of the script monitoring.
type monitored struct {
	Configured bool   `json:"configured"`
	Path       string `json:"path"`
	Action     string `json:"action"`
	ExitCode   int    `json:"exit_code"`
	Output     string `json:"output"`
	Already    bool   `json:"already"`
	Time       stamp  `json:"time"`
}

// watchedShare is the part of the servers whose owners have put a monitoring script there.
const watchedShare = 0.6

var changePattern = regexp.MustCompile(`\A[A-Za-z0-9][A-Za-z0-9-]{0,39}\z`)

func (h *host) runMonitoring(parameters json.RawMessage, now time.Time) (any, error) {
	asked, err := read[struct {
		Action string `json:"action"`
		Change string `json:"change"`
	}](parameters)
	if err != nil {
		return nil, err
	}
	if asked.Action != "suspend" && asked.Action != "resume" {
		return nil, &problem{badArgument, "action is neither suspend nor resume"}
	}
	if !changePattern.MatchString(asked.Change) {
		return nil, &problem{badArgument, "change is not 1 to 40 letters, digits and hyphens"}
	}
	answer := monitored{Path: `C:\ProgramData\patchdeck\monitoring.ps1`, Action: asked.Action, Time: h.shown(now)}
	if h.draws.fraction("monitoring", 0) >= watchedShare && !h.fate.brokenWatch {
		return answer, nil
	}
	order := monitoring{asked.Action, asked.Change}
	if answer.Configured, answer.Already = true, h.watch == order; answer.Already {
		return answer, nil
	}
	if h.fate.brokenWatch {
		answer.ExitCode, answer.Output = 3, "monitoring: the console does not answer"
		h.record(now, entry{Event: monitoringFailed, By: asked.Action + " " + asked.Change})
		return answer, nil
	}
	h.watch = order
	answer.Output = "monitoring: " + asked.Action
	h.record(now, entry{Event: monitoringSet, By: asked.Action + " " + asked.Change})
	return answer, nil
}
