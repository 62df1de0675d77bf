package simulator

import (
	"cmp"
	"encoding/json"
	"time"
)

// health is the result of the script of this name.
type health struct {
	Build           string         `json:"build"`
	BootTime        stamp          `json:"boot_time"`
	Time            stamp          `json:"time"`
	LanguageMode    string         `json:"language_mode"`
	ExecutionPolicy string         `json:"execution_policy"`
	Task            taskCheck      `json:"task"`
	Free            int64          `json:"system_drive_free_bytes"`
	Total           int64          `json:"system_drive_total_bytes"`
	Services        []serviceStart `json:"services"`
	Servicing       string         `json:"servicing"`
	Policy          policy         `json:"update_policy"`
	PendingRestart  []pending      `json:"pending_restart"`
	Backup          bool           `json:"backup"`
	LastBackup      stamp          `json:"last_backup"`
	Problems        []string       `json:"problems"`
}

type taskCheck struct {
	OK    bool   `json:"ok"`
	Code  string `json:"code"`
	Words string `json:"words"`
}

type serviceStart struct {
	Name  string `json:"name"`
	Start string `json:"start"`
	State string `json:"state"`
}

// tryTask is what becomes of a task of SYSTEM that does nothing.
func (h *host) tryTask() taskCheck {
	if h.fate.forbidden {
		return taskCheck{Code: accessDenied, Words: noTask}
	}
	return taskCheck{OK: true, Code: noError}
}

const noTask = "the task could not be registered"

func (h *host) languageMode() string { return cmp.Or(h.fate.language, "FullLanguage") }

// backupShare is the part of the physical servers that back themselves up; of virtual ones the host takes care.
const backupShare = 0.5

func (h *host) runHealth(_ json.RawMessage, now time.Time) (any, error) {
	answer := health{
		Build: h.product.buildString(h.system.ubr), BootTime: h.shown(h.power.booted), Time: h.shown(now),
		LanguageMode: h.languageMode(), ExecutionPolicy: "Undefined", Task: h.tryTask(),
		Free: h.freeBytes(), Total: h.workload.disk, Servicing: h.servicing(now), Policy: h.policy(),
		PendingRestart: h.pendingRestart(now), Problems: []string{},
		Services: []serviceStart{
			{"wuauserv", "Manual", "Running"}, {"TrustedInstaller", "Manual", "Stopped"},
			{"BITS", "Manual", "Stopped"}, {"CryptSvc", "Auto", "Running"},
		},
	}
	for i := range answer.Services {
		if answer.Services[i].Name == h.fate.disabled {
			answer.Services[i].Start, answer.Services[i].State = "Disabled", "Stopped"
		}
	}
	if h.fate.staleBackup {
		answer.Backup, answer.LastBackup = true, h.shown(now.AddDate(0, 0, -40))
	} else if !h.virtual && h.draws.fraction("backup", 0) < backupShare {
		answer.Backup = true
		answer.LastBackup = h.shown(now.Truncate(24 * time.Hour).Add(-2 * time.Hour))
	}
	return answer, nil
}
