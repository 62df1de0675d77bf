package wsman

import (
	"errors"
	"net/http"

	"patchdeck/remote/simulator/wsman/soap"
)

// failure is an operation that ends in a fault.
type failure struct {
	fault  soap.Fault
	reason string // in place of the usual words
	nested bool   // reported by the provider of shells
}

func (f failure) Error() string { return f.reason }

var (
	shellNotFound   = failure{fault: soap.UnexpectedSelectors, reason: soap.ReasonShell}
	shellEnded      = failure{fault: soap.UnexpectedSelectors, reason: soap.ReasonShell, nested: true}
	commandNotFound = failure{fault: soap.UnexpectedSelectors, reason: soap.ReasonCommand}
)

// unreadable is the failure of a request that is no proper envelope.
func unreadable(err error) failure {
	if errors.Is(err, soap.ErrInvalidTimeout) {
		return failure{fault: soap.InvalidHeader}
	}
	return failure{fault: soap.SchemaViolation, reason: "The WS-Management service cannot process the request because the XML is invalid: " +
		err.Error() + ". "}
}

func (c *connection) fault(header soap.Header, failed failure) reply {
	if header.MessageID == "" {
		header.MessageID = newID()
	}
	text := soap.FaultReply{
		Fault:   failed.fault,
		Machine: c.endpoint.name,
		Reason:  failed.reason,
		Nested:  failed.nested,
		Older:   c.endpoint.options.OlderFaults,
	}.Append(nil, header)
	return reply{status: http.StatusInternalServerError, contentType: soapType, body: text}
}
