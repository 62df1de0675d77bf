package simulator

import (
	"strings"
	"time"

	"patchdeck/remote/simulator/wsman"
)

// unsettledRefusals is how many requests a server refuses that answers before it has settled after a start.
const unsettledRefusals = 2

func (h *host) refuseAfterBoot() {
	if h.fate.fault != 0 {
		h.refusals = unsettledRefusals
	}
}

// Fault is the fault that WinRM answers a request with instead of doing it: the first logins after a slow start meet a
// profile that is still being unloaded, and some servers lose shells or have used up their quotas now and then.
func (h *host) Fault(action wsman.Action) uint32 {
	h.enter()
	defer h.mu.Unlock()
	if action == wsman.Create && h.refusals > 0 {
		h.refusals--
		return h.fate.fault
	}
	for _, r := range h.troubled(func(f *fault) bool { return f.raises != nil }).raises {
		if r.action != action {
			continue
		}
		h.requests[action]++
		if h.draws.fraction("fault of "+string(action), h.requests[action]) < r.odds {
			return r.code
		}
	}
	return 0
}

// ClosesConnections tells how connections end when the server goes down: half of the times WinRM still closes them, else they are
// reset.
func (h *host) ClosesConnections() bool {
	h.enter()
	defer h.mu.Unlock()
	return h.draws.fraction("goodbye", h.power.boots) < 0.5
}

// Delay is how long a reply to a request of that kind waits.
func (h *host) Delay(action wsman.Action) time.Duration {
	slow := h.troubled(func(f *fault) bool { return f.delay > 0 })
	if slow.delay == 0 {
		return 0
	}
	h.enter()
	defer h.mu.Unlock()
	what := "delay of " + string(action)
	h.requests[wsman.Action(what)]++
	return h.draws.between(0, slow.delay, what, h.requests[wsman.Action(what)])
}

// surround puts around the result of a script what does not belong to it, on servers that have such things.
func (h *host) surround(exit wsman.Exit) wsman.Exit {
	if h.starves() {
		return powershellError("Exception of type 'System.OutOfMemoryException' was thrown.")
	}
	for _, n := range h.nuisances {
		if n.banner != "" {
			exit.Stdout = append([]byte(n.banner), exit.Stdout...)
		}
		if n.clixml != "" {
			exit.Stderr = append(exit.Stderr, clixml(n.clixml)...)
		}
	}
	return exit
}

// starvedShare is how often PowerShell runs out of memory on a server that is short of it.
const starvedShare = 0.2

func (h *host) starves() bool {
	if !h.troubled(func(f *fault) bool { return f.starved }).starved {
		return false
	}
	h.enter()
	defer h.mu.Unlock()
	h.requests["memory"]++
	return h.draws.fraction("memory", h.requests["memory"]) < starvedShare
}

// clixml is what Windows PowerShell writes to a redirected error stream.
func clixml(records string) string {
	var text strings.Builder
	text.WriteString("#< CLIXML\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">")
	text.WriteString(records)
	text.WriteString("</Objs>")
	return text.String()
}
