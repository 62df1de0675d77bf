package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"patchdeck/engine/rollout"
	"patchdeck/remote/soap"
	"patchdeck/remote/transport"
)

// reason is one row of the tables that say what an error means to an operator. %s stands for what is known in detail: the
// limit that passed, the status, the certificate's fault.
type reason struct {
	class rollout.Class
	code  string
	words string
	retry bool
}

var kinds = map[transport.Kind]reason{
	transport.UnknownName:    {rollout.ClassNetwork, "PD-NAME", "the name has no address: %s", true},
	transport.Refused:        {rollout.ClassNetwork, "PD-REFUSED", "nothing listens on the WinRM port", true},
	transport.NoRoute:        {rollout.ClassNetwork, "PD-NO-ROUTE", "the network has no way to the server", true},
	transport.NotConnected:   {rollout.ClassNetwork, "PD-NO-CONNECTION", "no connection within %s", true},
	transport.NoAnswer:       {rollout.ClassNetwork, "PD-NO-ANSWER", "no answer within %s", true},
	transport.Broken:         {rollout.ClassNetwork, "PD-BROKEN", "the connection broke", true},
	transport.Unavailable:    {rollout.ClassNetwork, "PD-UNAVAILABLE", "WinRM is not up on the server yet (HTTP status 503)", true},
	transport.Untrusted:      {rollout.ClassAccess, "PD-CERTIFICATE", "the server's certificate is not acceptable: %s", false},
	transport.NoTLS:          {rollout.ClassConfig, "PD-TLS", "TLS could not be agreed; is this the https port? %s", false},
	transport.LogonRefused:   {rollout.ClassAccess, "PD-LOGON", "%s", false},
	transport.AccountRefused: {rollout.ClassAccess, "PD-LOGON", "%s", false},
	transport.NoTicket:       {rollout.ClassAccess, "PD-TICKET", "%s", false},
	transport.NoDomain:       {rollout.ClassNetwork, "PD-DOMAIN", "%s", true},
	transport.LoginLost:      {rollout.ClassAccess, "PD-LOGIN-LOST", "the server asks for a login again; may the account use WinRM?", true},
	transport.NotSecure:      {rollout.ClassAccess, "PD-NOT-SECURE", "refused for safety: %s", false},
	transport.WrongStatus:    {rollout.ClassProtocol, "PD-STATUS", "the server answered with %s instead of a message; is WinRM there?", true},
	transport.NotReadable:    {rollout.ClassProtocol, "PD-REPLY", "%s", true},
	transport.Misconfigured:  {rollout.ClassConfig, "PD-CONFIG", "%s", false},
}

// faults are the codes of WS-Management that have a meaning of their own; all others are protocol errors.
var faults = map[uint32]reason{
	soap.TimedOut:     {rollout.ClassBusy, "", "the server was too busy to take the request", true},
	soap.Gone:         {rollout.ClassNetwork, "", "the server lost the command, as when it restarts", true},
	soap.MaxShells:    {rollout.ClassBusy, "", "the account has too many shells open on the server", true},
	soap.MaxCommands:  {rollout.ClassBusy, "", "the account runs too many commands on the server", true},
	0x803381A7:        {rollout.ClassBusy, "", "the account has used up its WinRM quota on the server", true},
	0x803381A8:        {rollout.ClassBusy, "", "the server has used up its WinRM quota", true},
	0x803381AB:        {rollout.ClassBusy, "", "too many users are on the server's WinRM service", true},
	soap.ProfileGone:  {rollout.ClassBusy, "", "the account's profile is just being unloaded, as after a restart", true},
	soap.Aborted:      {rollout.ClassNetwork, "", "the server gave up the command, as when it restarts", true},
	soap.Busy:         {rollout.ClassBusy, "", "the server is still busy with the input before", true},
	soap.AccessDenied: {rollout.ClassAccess, "", "the account may log in but not use WinRM; make it an administrator of the server", false},
	soap.LineTooLong:  {rollout.ClassProtocol, "", "the server finds the command line too long", false},
}

const codeUnknownOutcome = "PD-OUTCOME-UNKNOWN"

// failure turns whatever kept a call from its result into words. lost tells that an order may have arrived all the same:
// then the one honest answer is that nobody knows, until the server is asked.
func (h *host) failure(err error, lost bool) *rollout.Failure {
	failure := h.explain(err)
	if lost && failure.Class != rollout.ClassProtocol {
		return &rollout.Failure{Class: rollout.ClassNetwork, Code: codeUnknownOutcome, Retry: true,
			Words: "the order was sent, what became of it is not known: " + failure.Words}
	}
	return failure
}

func (h *host) explain(err error) *rollout.Failure {
	var failure *rollout.Failure
	var fault *faultError
	var trouble *transport.Error
	var queued waited
	switch {
	case errors.As(err, &failure):
		return failure
	case errors.As(err, &queued):
		return &rollout.Failure{Class: rollout.ClassBusy, Code: "PD-QUEUE", Retry: true, Words: timeUp(queued.error, "no turn: patchdeck was busy with other servers or calls")}
	case errors.As(err, &fault):
		return explainFault(fault.fault)
	case errors.As(err, &trouble):
		return h.explainTrouble(trouble)
	}
	return &rollout.Failure{Class: rollout.ClassProtocol, Code: "PD-REPLY", Retry: true, Words: clean(err.Error(), longWords)}
}

func (h *host) explainTrouble(trouble *transport.Error) *rollout.Failure {
	if trouble.Kind == transport.Ended {
		return &rollout.Failure{Class: rollout.ClassNetwork, Code: "PD-DEADLINE", Retry: true,
			Words: timeUp(trouble.Err, "no result within the time that the call had")}
	}
	reason := kinds[trouble.Kind]
	detail := trouble.Error()
	switch {
	case trouble.Kind == transport.LogonRefused:
		detail = fmt.Sprintf("credential %q was refused: %s is wrong, or has no right to use WinRM", h.credential, h.account.proof())
	case trouble.Kind == transport.AccountRefused:
		detail = fmt.Sprintf("credential %q was refused: %s: %s", h.credential, h.account.proof(), trouble.Error())
	case trouble.Limit > 0:
		detail = trouble.Limit.String()
	}
	words := reason.words
	if strings.Contains(words, "%s") {
		words = fmt.Sprintf(words, detail)
	}
	return &rollout.Failure{Class: reason.class, Code: reason.code, Words: clean(words, longWords), Retry: reason.retry}
}

// timeUp tells a deadline from a caller who went away.
func timeUp(err error, words string) string {
	if errors.Is(err, context.Canceled) {
		return "the call was cancelled"
	}
	return words
}

func explainFault(fault *soap.Fault) *rollout.Failure {
	reason, known := faults[fault.Code]
	code := ""
	if fault.Code != 0 {
		code = fmt.Sprintf("0x%08X", fault.Code)
	}
	if !known {
		if row, ok := errorCode(code); ok {
			return &rollout.Failure{Class: classOf(row.Class), Code: code, Words: row.Words, Retry: row.Retry}
		}
		return &rollout.Failure{Class: rollout.ClassProtocol, Code: code, Retry: true,
			Words: clean("the server's WinRM refused: "+orElse(fault.Message, orElse(fault.Subcode, "no reason given")), longWords)}
	}
	return &rollout.Failure{Class: reason.class, Code: code, Words: reason.words, Retry: reason.retry}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
