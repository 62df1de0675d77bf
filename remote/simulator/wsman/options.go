package wsman

import (
	"crypto/tls"
	"time"

	"patchdeck/remote/simulator/wsman/kerberos"
)

// Options is the WinRM configuration of one server. The zero value is what Windows Server has out of the box: plain
// HTTP, NTLM with sealed messages only.
type Options struct {
	// TLS makes the endpoint speak HTTPS; nil is plain HTTP.
	TLS *tls.Config
	// Certificates maps client certificates to accounts, over HTTPS only.
	Certificates CertificateMapping
	// Kerberos accepts tickets of a domain beside NTLM; nil is a server outside of one.
	Kerberos *kerberos.Service
	// AllowBasic offers Basic beside Negotiate.
	AllowBasic bool
	// AllowUnencrypted accepts SOAP in clear text over plain HTTP.
	AllowUnencrypted bool
	// OlderFaults reports exhausted quotas as f:WSManFault, as hosts before 2016 do, instead of p:MSFT_WmiError.
	OlderFaults bool
	// LockoutThreshold is the number of wrong passwords in a row that locks an account; zero never locks.
	LockoutThreshold int
	// LockoutTime is how long an account stays locked, and how long a wrong password counts; zero is until Unlock.
	LockoutTime time.Duration
	// Now is the clock of LockoutTime; nil is the wall's.
	Now func() time.Time
	// Bindings says what NTLM over HTTPS must prove of the TLS connection that it comes through.
	Bindings BindingLevel
	// ClosesAnonymous ends a connection with the 401 to a request without a login, as some hosts do.
	ClosesAnonymous bool
	// EmptyNeedsLogin answers an empty request on a connection that is logged in with 401 instead of 200.
	EmptyNeedsLogin bool
	// Quotas are filled in with DefaultQuotas field by field where zero.
	Quotas Quotas
}

// Quotas are the limits of the service. Sizes are bytes unless named otherwise.
type Quotas struct {
	OperationTimeoutCap  time.Duration // longest wait of a Receive, whatever the client asks for
	ShellIdleTimeout     time.Duration // life of an unused shell whose client named no time of its own
	MaxConnections       int
	MaxShellsPerUser     int
	MaxUsers             int // users that have shells at the same time
	MaxOperations        int // commands of one shell; terminating one gives nothing back
	MaxOperationsPerUser int // commands that run at the same time, in all shells of a user
	MaxProcessesPerShell int // commands that run at the same time
	MaxMemoryPerShell    int // input and output of its commands; what programs themselves would need is not known
	MaxEnvelope          int
	MaxCommandLine       int // UTF-16 units
	MaxInput             int // standard input of one command
}

// DefaultQuotas are the defaults of Windows Server 2016 and later, but for MaxInput, which only protects this process.
var DefaultQuotas = Quotas{
	OperationTimeoutCap:  60 * time.Second,
	ShellIdleTimeout:     2 * time.Hour,
	MaxConnections:       300,
	MaxShellsPerUser:     30,
	MaxUsers:             10,
	MaxOperations:        1500,
	MaxOperationsPerUser: 1500,
	MaxProcessesPerShell: 25,
	MaxMemoryPerShell:    1 << 30,
	MaxEnvelope:          500 << 10,
	MaxCommandLine:       8191,
	MaxInput:             16 << 20,
}

func (q Quotas) withDefaults() Quotas {
	fill(&q.OperationTimeoutCap, DefaultQuotas.OperationTimeoutCap)
	fill(&q.ShellIdleTimeout, DefaultQuotas.ShellIdleTimeout)
	fill(&q.MaxConnections, DefaultQuotas.MaxConnections)
	fill(&q.MaxShellsPerUser, DefaultQuotas.MaxShellsPerUser)
	fill(&q.MaxUsers, DefaultQuotas.MaxUsers)
	fill(&q.MaxOperations, DefaultQuotas.MaxOperations)
	fill(&q.MaxOperationsPerUser, DefaultQuotas.MaxOperationsPerUser)
	fill(&q.MaxMemoryPerShell, DefaultQuotas.MaxMemoryPerShell)
	fill(&q.MaxProcessesPerShell, DefaultQuotas.MaxProcessesPerShell)
	fill(&q.MaxEnvelope, DefaultQuotas.MaxEnvelope)
	fill(&q.MaxCommandLine, DefaultQuotas.MaxCommandLine)
	fill(&q.MaxInput, DefaultQuotas.MaxInput)
	return q
}

func fill[T int | time.Duration](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}
