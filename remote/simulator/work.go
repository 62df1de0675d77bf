package simulator

import (
	"slices"
	"time"

	"patchdeck/remote/simulator/wsman"
)

// layOut decides what a job is going to do: what the agent finds of what is wanted, how long everything takes, and
// whether the server's fate ends it early.
func (h *host) layOut(j *job, at time.Time) {
	scan := h.product.scan
	search := stretched(h.draws.between(scan.shortest, scan.longest, j.kind+" searching", j.attempt), h.fate.drag)
	if j.kind == "scan" {
		j.course = course{}.lay(searching, "", at, search)
		if j.breaks = j.catalogue.fault(); j.breaks == "" {
			h.breakOff(j)
		}
		return
	}
	j.course = course{}.lay(searching, "", at, search/2)
	if j.kind == "uninstall" {
		h.layRemovals(j, at)
		j.plan = j.course
		return
	}
	offered := slices.DeleteFunc(h.offers(at, true), func(u Published) bool { return !slices.Contains(j.wanted, u.KB) })
	j.todo = append(h.duePackages(j), offered...)
	if j.kind == "install" && len(j.todo) > 0 {
		if j.breaks = h.refusal(j, at); j.breaks != "" {
			return
		}
	}
	h.layWork(j, at)
	j.plan = slices.Clone(j.course)
	if h.refuseFiles(j); j.breaks == "" {
		h.breakOff(j)
	}
	if j.kind == "install" {
		h.ownRestart(j)
	}
}

// layWork lays out downloads and installations.
func (h *host) layWork(j *job, at time.Time) {
	stage, install := h.product.stage, h.product.install
	for _, u := range j.todo {
		if !h.system.content[u.KB] {
			took := h.draws.between(stage.shortest, stage.longest, j.kind+" downloading "+u.KB, j.attempt)
			j.course = j.course.lay(downloading, u.KB, at, stretched(took*3/4, h.fate.drag))
		}
	}
	if j.kind != "install" {
		return
	}
	for _, u := range j.todo {
		took := h.draws.between(install.shortest, install.longest, "installing "+u.KB, j.attempt)
		j.course = j.course.lay(installing, u.KB, at, stretched(took, factor(h.fate.stretch)*factor(h.fate.drag)))
	}
	if h.fate.hangs && len(j.todo) > 0 {
		j.course[len(j.course)-1].until = time.Time{}
	}
}

// refusal is the code with which the agent turns an installation away, or nothing.
func (h *host) refusal(j *job, at time.Time) string {
	if h.system.claims {
		return restartFirst
	}
	for _, other := range h.jobs {
		if other != j && other.state == running && other.kind == "install" {
			return inProgress
		}
	}
	if at.Before(h.power.settled) {
		return inProgress
	}
	return ""
}

// breakOff ends a course early, if that is the server's fate at this attempt: somewhere after its first third.
func (h *host) breakOff(j *job) {
	code := h.fate.fails[j.kind].at(h.draws, j.kind, j.attempt)
	end, ends := j.course.end()
	if code == "" || !h.fate.strikes(j.attempt) || !ends || j.kind != "scan" && len(j.todo) == 0 {
		return
	}
	share := 0.35 + 0.6*h.draws.fraction("failure of "+j.kind, j.attempt)
	begin := j.course[0].from
	j.course = j.course.cut(begin.Add(stretched(end.Sub(begin), share)))
	j.breaks = code
}

// conclude makes true what a job did by the end of its course, and says so.
func (h *host) conclude(j *job, at time.Time) outcome {
	switch {
	case j.kind == "scan" && j.breaks != "":
		return failed(j.breaks, "the search ended with an error")
	case j.kind == "scan":
		return h.scanned(h.offers(at, h.fate.elsewhere))
	case j.kind == "uninstall":
		return h.concludeRemovals(j, at)
	case len(j.wanted)+len(j.packages) == 0:
		return failed(badArgument, "the plan names no update")
	case len(j.todo) == 0:
		return h.nothingToDo(j)
	case j.breaks == restartFirst || j.breaks == inProgress:
		return failed(j.breaks, "the server cannot install anything now")
	}
	o, asked := outcome{Result: "succeeded", Code: noError}, false
	for _, u := range j.todo {
		h.receive(j, u, at)
		result := h.carryOut(j, u, at)
		asked = asked || u.pack != nil && result.RestartRequired
		if result.Result != resultSucceeded && o.Result == "succeeded" {
			o = h.shortfall(j, u.KB)
			if u.pack != nil && result.Result == resultFailed {
				o = failed(result.Code, u.KB+" was not done")
			}
		}
		o.Updates = append(o.Updates, result)
	}
	for _, kb := range j.names() {
		if !slices.ContainsFunc(j.todo, func(u Published) bool { return u.KB == kb }) {
			o.Updates = append(o.Updates, h.notOffered(j, kb))
		}
	}
	o.RestartRequired = j.kind == "install" && (h.claimed() || asked)
	return o
}

// shortfall is the outcome of a job that did not do everything: broken, late, or stopped.
func (h *host) shortfall(j *job, kb string) outcome {
	switch {
	case j.breaks != "":
		return failed(j.breaks, kb+" was not done")
	case j.stop == late:
		return failed(late, "the deadline passed before all updates were done")
	}
	return outcome{Result: "cancelled", Code: callCancelled, Words: "the job was stopped before all updates were done"}
}

// receive makes the content of an update arrive, if the course downloaded it to its end.
func (h *host) receive(j *job, u Published, at time.Time) {
	if !h.system.content[u.KB] && j.course.done(downloading, u.KB, j.plan) {
		h.system.content[u.KB] = true
		h.system.fetched += u.size()
		h.record(at, entry{Event: downloaded, Job: j.id, KB: u.KB})
	}
}

// carryOut brings one update as far as the course did, and tells its result.
func (h *host) carryOut(j *job, u Published, at time.Time) update {
	result := h.describeUpdate(u)
	phase := map[string]string{"stage": downloading, "install": installing}[j.kind]
	broken := j.breaks != "" && j.course[len(j.course)-1].kb == u.KB || j.breaks != "" && len(j.course) == 1
	switch {
	case broken:
		result.Result, result.Code = resultFailed, j.breaks
		if j.kind == "install" {
			h.record(at, entry{Event: installFailed, Job: j.id, KB: u.KB, Code: j.breaks})
		}
	case !j.course.done(phase, u.KB, j.plan):
		result.Result = operationAborted
	case j.kind == "install" && u.pack != nil:
		result = h.runInstaller(j, u, result, at)
	case j.kind == "install" && h.fate.pretends && h.fate.strikes(j.attempt):
		result.Result, result.RestartRequired = resultSucceeded, u.Restart
		h.system.claims = h.system.claims || u.Restart
		h.record(at, entry{Event: installFailed, Job: j.id, KB: u.KB, Code: noError})
	case j.kind == "install":
		result.Result, result.RestartRequired = resultSucceeded, u.Restart && !h.fate.unmarked
		h.put(u, j.id, at)
	default:
		result.Result = resultSucceeded
	}
	return result
}

// disturb lets happen what goes wrong around a job without touching its work: the network goes for some minutes, a
// reply is damaged.
func (h *host) disturb(j *job) {
	moment := j.course[len(j.course)-1].moment(30 + h.draws.below(30, "disturbance of "+j.kind, j.attempt))
	if h.fate.loses && h.fate.strikes(j.attempt) && j.kind == "install" {
		back := moment.Add(h.draws.between(2*time.Minute, 7*time.Minute, "network", j.attempt))
		h.road.close(span{moment, back, wsman.Silent})
		h.at(moment, func(at time.Time) {
			h.away(at, back)
			h.record(at, entry{Event: networkGoes})
		})
		h.at(back, func(at time.Time) { h.record(at, entry{Event: networkBack}) })
	}
	if what := "poll of " + j.kind; h.chance(what, j.attempt, 0.5) {
		h.at(moment, func(time.Time) { h.spoilNext(what, j.attempt) })
	}
}
