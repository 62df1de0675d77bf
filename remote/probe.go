package remote

import (
	"context"
	"net"
	"strconv"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

// ProbeOptions name a server and the account to look at it with. Stored credentials play no part.
type ProbeOptions struct {
	Address  string // host:port
	Scheme   string // http or https
	User     string
	Password string
	CA       []byte // PEM; empty means the system's
	Auth     Auth   // empty is NTLM
}

// Probe reads the facts of one server that need not be in the inventory. The error is a *rollout.Failure.
func Probe(ctx context.Context, options ProbeOptions) (inventory.Facts, error) {
	host, digits, err := net.SplitHostPort(options.Address)
	port, notNumber := strconv.Atoi(digits)
	if err != nil || notNumber != nil {
		return inventory.Facts{}, &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-CONFIG",
			Words: clean("address "+strconv.Quote(options.Address)+": write it as HOST:PORT", shortWords)}
	}
	const name = "of the probe"
	fleet := New(Options{Credentials: func(string) (Credential, error) {
		return Credential{User: options.User, Password: options.Password, CA: options.CA, Auth: options.Auth}, nil
	}})
	defer fleet.Close()
	return fleet.Facts(ctx, engine.Target{Name: options.Address, Address: host, Port: port, Scheme: options.Scheme, Credential: name})
}
