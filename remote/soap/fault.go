package soap

import (
	"strconv"
	"strings"
)

// Codes of faults that decide what happens next.
const (
	TimedOut     = 0x80338029 // nothing to tell within the operation timeout: ask again
	Gone         = 0x8033805B // no such shell or command (any more)
	MaxShells    = 0x803381A5 // the account has too many shells
	MaxCommands  = 0x803381A6 // the shell or account has used up its operations
	ProfileGone  = 0x800703FA // the account's registry is being unloaded, as after a restart
	Aborted      = 995        // the operation was ended: a restart, or our own signal
	Busy         = 170        // an earlier Send is still being handled
	AccessDenied = 5
	LineTooLong  = 0x800700CE
)

// Fault is a server's refusal.
type Fault struct {
	Code    uint32 // 0 when the server names none
	Subcode string // local name, "TimedOut" for instance
	Message string // the server's words, as received
}

// faultReader collects the two shapes that servers use: f:WSManFault with an attribute Code, and on newer ones
// p:MSFT_WmiError with an element error_Code.
type faultReader struct {
	seen                  bool
	code                  uint32
	subcode, reason       string
	message, wmi, hresult string
}

func (f *faultReader) start(local []byte, attributes attributes) {
	switch string(local) {
	case "Fault":
		f.seen = true
	case "WSManFault": // a provider's own fault stands inside; the outer one says what happened to us
		if f.code == 0 {
			f.code = number(attributes.get("Code"))
		}
	}
}

func (f *faultReader) end(local, parent, text []byte) {
	if !f.seen {
		return
	}
	switch string(local) {
	case "Value":
		if string(parent) == "Subcode" {
			_, name, found := strings.Cut(trim(text), ":")
			if !found {
				name = trim(text)
			}
			f.subcode = name
		}
	case "Text":
		if string(parent) == "Reason" {
			f.reason = trim(text)
		}
	case "Message":
		if f.message == "" { // the innermost one ends first and is the most exact
			f.message = trim(text)
		}
	case "error_Code":
		f.wmi = trim(text)
	case "MessageID":
		if string(parent) == "MSFT_WmiError" {
			f.hresult = strings.TrimPrefix(trim(text), "HRESULT ")
		}
	}
}

func (f *faultReader) value() *Fault {
	fault := Fault{Code: f.code, Subcode: f.subcode, Message: f.message}
	if fault.Code == 0 {
		fault.Code = number(f.hresult)
	}
	if fault.Code == 0 {
		fault.Code = number(f.wmi)
	}
	if fault.Code == 0 && f.subcode == "TimedOut" {
		fault.Code = TimedOut
	}
	if fault.Message == "" {
		fault.Message = f.reason
	}
	return &fault
}

// number reads a code as decimal, signed or not, or as 0x and hex digits; 0 when it is neither.
func number(s string) uint32 {
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil || n < -1<<31 || n > 1<<32-1 {
		return 0
	}
	return uint32(n)
}
