package wsman

import (
	"net/http"

	"patchdeck/remote/simulator/wsman/soap"
)

// hiddenVersion is what those who have not logged in learn of the operating system.
const hiddenVersion = "0.0.0"

// identifyAnonymous answers Identify without a login.
func (e *Endpoint) identifyAnonymous(body []byte) reply {
	if request, err := soap.Parse(body); err != nil || !request.Identify {
		return reply{status: http.StatusBadRequest, last: true}
	}
	return envelope(soap.AppendIdentified(nil, hiddenVersion))
}

func (e *Endpoint) version() string {
	if versioned, ok := e.machine.(Versioned); ok {
		return versioned.Version()
	}
	return hiddenVersion
}
