package command

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
)

const (
	mostSecret       = 1 << 10
	mostCertificates = 1 << 20
)

// probeFlags are the flags for a server that the inventory does not have.
type probeFlags struct {
	address, scheme, user, variable, file, ca string
}

func (t *tree) probe() *cobra.Command {
	var f probeFlags
	command := t.verb(verb{
		use: "probe [SERVER]", short: "Read one server's facts now", args: cobra.MaximumNArgs(1), reads: always,
		example: "  patchdeck inventory probe DUB-SQL-014\n" +
			"  patchdeck inventory probe --address 10.1.2.3:5985 --scheme http --user 'CORP\\svc' --password-env PROBE_PASSWORD",
		here: func(args []string) bool { return len(args) == 0 && !t.env.Remote },
		run: func(c *call) error {
			if len(c.args) == 1 {
				return c.probeServer(c.args[0], f)
			}
			return c.probeAddress(f)
		},
	})
	flags := command.Flags()
	flags.StringVar(&f.address, "address", "", "`HOST:PORT` of a server that need not be in the inventory")
	flags.StringVar(&f.scheme, "scheme", "http", "http (sealed messages) or https")
	flags.StringVar(&f.user, "user", "", "the user for --address; stored credentials are never used there")
	flags.StringVar(&f.variable, "password-env", "", "the environment `variable` that holds the password")
	flags.StringVar(&f.file, "password-file", "", "the `file` whose first line is the password; - is standard input")
	flags.StringVar(&f.ca, "ca", "", "the `file` with the certificates (PEM) to trust instead of the system's")
	return command
}

func (c *call) probeServer(name string, f probeFlags) error {
	if f != (probeFlags{scheme: f.scheme}) {
		return wrongUsage("probe takes a server's name or --address with credentials of its own, not both")
	}
	ids, err := c.serverIDs([]string{name})
	if err != nil {
		return err
	}
	facts, err := c.console().Facts(c.ctx, c.actor(), ids[0])
	if err != nil {
		return err
	}
	return c.facts(facts)
}

// probeAddress reaches out to an address that the caller chose. Over SSH the daemon does it, so it takes a role that may
// reach servers at all.
func (c *call) probeAddress(f probeFlags) error {
	if c.session != nil && !engine.May(c.actor(), "inventory.sweep") {
		return approval.Refuse("to probe an address takes a role that may sweep servers; %s holds %v", c.actor().Name, c.actor().RoleNames())
	}
	if c.env.Probe == nil {
		return wrongUsage("probe --address is not offered here: name a server of the inventory")
	}
	options, err := c.probeOptions(f)
	if err != nil {
		return err
	}
	facts, err := c.env.Probe(c.ctx, options)
	if err != nil {
		return fmt.Errorf("%s: %w%s", f.address, err, hint(f, err))
	}
	return c.facts(facts)
}

// broken is the code of a connection that ended without an answer, as a port for TLS ends one that does not speak it.
const broken = "PD-BROKEN"

func hint(f probeFlags, err error) string {
	var failure *rollout.Failure
	if f.scheme == "http" && errors.As(err, &failure) && failure.Code == broken {
		return "; is this an https port? then give --scheme https"
	}
	return ""
}

func (c *call) probeOptions(f probeFlags) (ProbeOptions, error) {
	o := ProbeOptions{Address: f.address, Scheme: f.scheme, User: f.user}
	if f.address == "" {
		return o, wrongUsage("probe needs a server of the inventory, or --address HOST:PORT with --user and --password-env or --password-file")
	}
	if host, port, err := net.SplitHostPort(f.address); err != nil || host == "" || port == "" {
		return o, wrongUsage("--address %q is not HOST:PORT: use for instance 10.1.2.3:5985 or [fd00::1]:5986", f.address)
	}
	if err := oneOf("scheme", f.scheme, "http", "https"); err != nil {
		return o, err
	}
	if f.user == "" {
		return o, wrongUsage("--user is missing: probe --address never uses stored credentials")
	}
	var err error
	if o.Password, err = c.password(f); err != nil {
		return o, err
	}
	if f.ca != "" {
		o.CA, err = c.readFile(f.ca, mostCertificates)
	}
	return o, err
}

func (c *call) password(f probeFlags) (string, error) {
	switch {
	case (f.variable == "") == (f.file == ""):
		return "", wrongUsage("give the password by --password-env VARIABLE or by --password-file FILE")
	case f.variable != "" && c.env.Secret == nil:
		return "", wrongUsage("--password-env is not possible over SSH, where it would be the daemon's: use --password-file - and standard input")
	case f.variable != "":
		value, ok := c.env.Secret(f.variable)
		if !ok || value == "" {
			return "", fmt.Errorf("the environment variable %s is not set: put the password into it", f.variable)
		}
		return value, nil
	}
	text, err := c.readFile(f.file, mostSecret)
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if first = strings.TrimSuffix(first, "\r"); first == "" {
		return "", fmt.Errorf("%s: its first line is empty, expected the password", f.file)
	}
	return first, nil
}

// readFile reads a small file of the caller whole.
func (c *call) readFile(name string, most int64) ([]byte, error) {
	var source io.Reader = c.env.In
	if name != "-" {
		if c.env.OpenFile == nil {
			return nil, wrongUsage("%q: over SSH only - (standard input) can be read", name)
		}
		file, err := c.env.OpenFile(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		source = file
	}
	text, err := io.ReadAll(io.LimitReader(source, most+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, bare(err))
	}
	if int64(len(text)) > most {
		return nil, fmt.Errorf("%s is longer than %d bytes: it is not what was asked for", name, most)
	}
	return text, nil
}

// facts prints what a server said of itself.
func (c *call) facts(f inventory.Facts) error {
	if c.json {
		return c.object(f)
	}
	pending := "no"
	if len(f.PendingRestart) > 0 {
		var reasons []string
		for _, reason := range f.PendingRestart {
			reasons = append(reasons, reason.Reason)
		}
		pending = strings.Join(reasons, ", ")
	}
	const gib = 1 << 30
	for _, row := range [][2]string{
		{"host", f.Hostname}, {"domain", orDash(f.Domain)}, {"system", f.OSCaption}, {"installation", f.InstallationType}, {"build", f.Build.String()},
		{"booted", f.BootTime.Format("2006-01-02 15:04:05 MST")}, {"PowerShell", f.PowerShell}, {"hardware", strings.TrimSpace(f.Hardware + " " + f.Model)},
		{"memory", fmt.Sprintf("%.1f GiB", float64(f.MemoryBytes)/gib)},
		{"system drive", fmt.Sprintf("%.1f of %.1f GiB free", float64(f.SystemDriveFree)/gib, float64(f.SystemDriveTotal)/gib)},
		{"roles", orDash(strings.Join(f.Roles, ", "))}, {"services", fmt.Sprintf("%d running", len(f.Running()))},
		{"updates", fmt.Sprintf("%d installed", len(f.Updates))}, {"restart pending", pending},
	} {
		if err := c.line("%-16s %s", row[0], row[1]); err != nil {
			return err
		}
	}
	return nil
}
