package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// plannedPackage is a package of another vendor as a plan orders it: an installer, what its exit codes mean, and what shows that it is there.
type plannedPackage struct {
	KB     string `json:"kb"`
	File   string `json:"file"`
	Exits  []exit `json:"exits"`
	Detect detect `json:"detect"`
	Remove struct {
		Product string `json:"product"`
		Program string `json:"program"`
	} `json:"remove"`
}

type exit struct {
	Code  int    `json:"code"`
	Means string `json:"means"`
}

// sought is a package that somebody asks a server about.
type sought struct {
	KB     string `json:"kb"`
	Detect detect `json:"detect"`
}

// detect is a file, a value of the registry or a product, and its least version.
type detect struct {
	Type    string `json:"type"`
	What    string `json:"what"`
	Name    string `json:"name"`
	Version string `json:"version"`
}

// thing is what is looked for, whatever its version.
func (d detect) thing() string { return strings.ToLower(d.Type + ":" + d.What + ":" + d.Name) }

// The exit codes with which installers end here.
const (
	exitDone       = 0
	exitBroken     = 1603 // ERROR_INSTALL_FAILURE
	exitRestart    = 3010 // ERROR_SUCCESS_REBOOT_REQUIRED
	exitRestarting = 1641 // ERROR_SUCCESS_REBOOT_INITIATED
)

// detected tells whether the server has what a detection looks for.
func (h *host) detected(d detect) bool {
	found, there := h.system.things[d.thing()]
	return there && slices.Compare(versionNumbers(found), versionNumbers(d.Version)) >= 0
}

// versionNumbers are the four numbers of a version; what is missing is zero.
func versionNumbers(text string) []int {
	numbers := make([]int, 4)
	for i, part := range strings.SplitN(text, ".", len(numbers)) {
		numbers[i], _ = strconv.Atoi(part)
	}
	return numbers
}

// packages names those of some packages that are on the server.
func (h *host) packages(asked []sought) (names []string) {
	for _, s := range asked {
		if h.detected(s.Detect) {
			names = append(names, s.KB)
		}
	}
	return names
}

// duePackages are the packages of a job that the server lacks, as updates to be done. A simulated installer does what its plan looks for.
func (h *host) duePackages(j *job) (due []Published) {
	for i := range j.packages {
		if p := &j.packages[i]; !h.detected(p.Detect) {
			due = append(due, Published{KB: p.KB, Title: p.File, SizeBytes: 60 << 20, pack: p})
		}
	}
	return due
}

// exitOf is the code with which an installer ends on this server.
func (h *host) exitOf(attempt int) int {
	switch {
	case h.fate.exit != 0 && h.fate.strikes(attempt):
		return h.fate.exit
	case h.troubled(func(n *fault) bool { return n.wantsRestart }).wantsRestart:
		return exitRestart
	}
	return exitDone
}

// means is what a plan takes an exit code for.
func (p *plannedPackage) means(code int) string {
	if i := slices.IndexFunc(p.Exits, func(e exit) bool { return e.Code == code }); i >= 0 {
		return p.Exits[i].Means
	}
	return "failed"
}

// hresultOf is an exit code as Windows reports it.
func hresultOf(code int) string { return fmt.Sprintf("0x8007%04X", code&0xFFFF) }

// names are everything that a job was told to do.
func (j *job) names() []string {
	names := slices.Clone(j.wanted)
	for _, p := range j.packages {
		names = append(names, p.KB)
	}
	return names
}

// runInstaller brings a package as far as its installer's exit code says.
func (h *host) runInstaller(j *job, u Published, result update, at time.Time) update {
	code := h.exitOf(j.attempt)
	switch means := u.pack.means(code); means {
	case "failed", "busy":
		result.Result, result.Code = resultFailed, hresultOf(code)
		h.record(at, entry{Event: installFailed, Job: j.id, KB: u.KB, Code: result.Code})
		return result
	default:
		result.Result, result.RestartRequired = resultSucceeded, means == "restart" || means == "restarting"
	}
	if h.fate.hollow {
		h.record(at, entry{Event: installFailed, Job: j.id, KB: u.KB, Code: noError})
		return result
	}
	h.bring(u, j.id, at)
	return result
}

// bring makes a package true.
func (h *host) bring(u Published, job string, at time.Time) {
	if h.system.things == nil {
		h.system.things = map[string]string{}
	}
	h.system.things[u.pack.Detect.thing()] = u.pack.Detect.Version
	h.record(at, entry{Event: installed, Job: job, KB: u.KB})
}

// ownRestart lets an installer that restarts the server do so a moment before it ends: the job goes down with it.
func (h *host) ownRestart(j *job) {
	if h.fate.exit != exitRestarting || !h.fate.strikes(j.attempt) {
		return
	}
	for i, u := range j.todo {
		at := slices.IndexFunc(j.course, func(s stretch) bool { return s.phase == installing && s.kb == u.KB })
		if u.pack == nil || at < 0 || j.course[at].until.IsZero() {
			continue
		}
		h.at(j.course[at].until.Add(-time.Second), func(now time.Time) {
			if !j.over() {
				h.bring(j.todo[i], j.id, now)
				h.restartUnasked(now)
			}
		})
		return
	}
}

// dismiss takes a package away, as its remover does. What nothing removes stays.
func (h *host) dismiss(o removalOrder, u *update, j *job, at time.Time) {
	u.Title = o.Package.Remove.Product + o.Package.Remove.Program
	if h.fate.clings {
		u.Result, u.Code = resultFailed, hresultOf(exitBroken)
		h.record(at, entry{Event: removeFailed, Job: j.id, KB: o.KB, Code: u.Code})
		return
	}
	u.Result = resultSucceeded
	delete(h.system.things, o.Package.Detect.thing())
	h.record(at, entry{Event: removed, Job: j.id, KB: o.KB})
}
