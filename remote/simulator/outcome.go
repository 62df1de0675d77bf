package simulator

import "slices"

// outcome is how a job ended.
type outcome struct {
	Result          string   `json:"result"`
	Code            string   `json:"code"`
	Words           string   `json:"words"`
	RestartRequired bool     `json:"restart_required"`
	BuildBefore     string   `json:"build_before"`
	Updates         []update `json:"updates"`
}

// update is one update in a job's outcome, as the agent describes it. Result is an OperationResultCode.
type update struct {
	KB              string `json:"kb"`
	UpdateID        string `json:"update_id"`
	Title           string `json:"title"`
	Severity        string `json:"severity"`
	Result          int    `json:"result"`
	Code            string `json:"code"`
	Restart         string `json:"restart"`
	RestartRequired bool   `json:"restart_required"`
	Downloaded      bool   `json:"downloaded"`
	SizeBytes       int64  `json:"size_bytes"`
}

// Values of OperationResultCode.
const (
	notStarted       = 0
	resultSucceeded  = 2
	resultFailed     = 4
	operationAborted = 5
)

// The HRESULTs that the simulated agent knows.
const (
	noError          = "0x00000000"
	alreadyInstalled = "0x00240006" // WU_S_ALREADY_INSTALLED
	networkLost      = "0x8024402C" // WU_E_PT_WINHTTP_NAME_NOT_RESOLVED
	soapFault        = "0x80244007" // WU_E_PT_SOAPCLIENT_SOAPFAULT
	diskFull         = "0x80070070" // ERROR_DISK_FULL
	installers       = "0x800F0922" // CBS_E_INSTALLERS_FAILED
	inProgress       = "0x80240009" // WU_E_OPERATIONINPROGRESS
	restartFirst     = "0x80240016" // WU_E_INSTALL_NOT_ALLOWED
	notApplicable    = "0x80240017" // WU_E_NOT_APPLICABLE
	callCancelled    = "0x8024000B" // WU_E_CALL_CANCELLED
	accessDenied     = "0x80070005" // E_ACCESSDENIED
	serviceOff       = "0x80070422" // ERROR_SERVICE_DISABLED
	goingDown        = "0x8007045B" // ERROR_SHUTDOWN_IN_PROGRESS
	databaseFull     = "0xC8000710" // JET_errDiskFull
	storeCorrupt     = "0x80073712" // ERROR_SXS_COMPONENT_STORE_CORRUPT
	oldStack         = "0x800F0823" // CBS_E_NEW_SERVICING_STACK_REQUIRED
	late             = "0x800705B4" // ERROR_TIMEOUT
)

// describeUpdate gives an update as the agent offers it, with no result yet.
func (h *host) describeUpdate(u Published) update {
	restart := "never"
	if u.Restart {
		restart = "always"
	}
	return update{
		KB: u.KB, UpdateID: u.updateID(), Title: u.Title, Severity: u.Severity, Result: notStarted, Code: noError,
		Restart: restart, Downloaded: h.system.content[u.KB], SizeBytes: u.size(),
	}
}

// notOffered is how a planned update stands in the outcome that the agent does not offer.
func (h *host) notOffered(j *job, kb string) update {
	code := notApplicable
	if h.system.installed[kb] || slices.ContainsFunc(j.packages, func(p plannedPackage) bool { return p.KB == kb && h.detected(p.Detect) }) {
		code = alreadyInstalled
	}
	return update{KB: kb, Result: notStarted, Code: code, Restart: "never"}
}

// scanned is the outcome of a search.
func (h *host) scanned(found []Published) outcome {
	o := outcome{Result: "succeeded", Code: noError}
	for _, u := range found {
		o.Updates = append(o.Updates, h.describeUpdate(u))
	}
	return o
}

// nothingToDo is the outcome of a plan of which nothing is offered.
func (h *host) nothingToDo(j *job) outcome {
	o := outcome{Result: "nothing_to_do", Code: alreadyInstalled, Words: "none of the updates is offered to this server"}
	o.RestartRequired = h.claimed()
	for _, kb := range j.names() {
		u := h.notOffered(j, kb)
		if u.Code != alreadyInstalled {
			o.Code = notApplicable
		}
		o.Updates = append(o.Updates, u)
	}
	return o
}

func failed(code, words string) outcome { return outcome{Result: "failed", Code: code, Words: words} }
