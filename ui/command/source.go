package command

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/engine/inventory"
)

// sources are the lists that the inventory is compared with, under the words of the command line, with the reader of their files.
var sources = []struct {
	word string
	kind inventory.SourceKind
	read func(io.Reader) ([]inventory.Entry, []inventory.LineError, error)
}{
	{"directory", inventory.Directory, readDirectory},
	{"dns", inventory.DNS, inventory.ReadNames},
	{"cmdb", inventory.ConfigRecord, inventory.ReadTable},
}

// readDirectory reads an export of computer objects, as LDIF or as a table, told apart by how it begins.
func readDirectory(r io.Reader) ([]inventory.Entry, []inventory.LineError, error) {
	in := bufio.NewReader(r)
	begins, err := in.Peek(256)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	for line := range bytes.Lines(begins) {
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0 || line[0] == '#' && !bytes.HasPrefix(line, []byte("#TYPE")):
		case bytes.HasPrefix(line, []byte("dn:")) || bytes.HasPrefix(line, []byte("version:")):
			return inventory.ReadLDIF(in)
		default:
			return inventory.ReadTable(in)
		}
	}
	return inventory.ReadTable(in)
}

func (t *tree) inventoryCompare() *cobra.Command {
	var with string
	command := t.verb(verb{
		use: "compare FILE", short: "Compare the inventory with a directory, DNS or a configuration database", file: readsFile, args: cobra.ExactArgs(1),
		example: "  patchdeck inventory compare computers.csv --with directory\n  patchdeck inventory compare corp.example.dns --with dns",
		run: func(c *call) error {
			var words []string
			for _, source := range sources {
				words = append(words, source.word)
			}
			if err := oneOf("with", with, words...); err != nil {
				return err
			}
			source := sources[slices.Index(words, with)]
			entries, bad, err := source.read(c.file)
			switch {
			case err != nil:
				return fmt.Errorf("%s: %w; nothing was compared", c.name, err)
			case len(bad) > 0:
				return badLines(c.name, bad)
			}
			return c.do(engine.CompareSource{Kind: source.kind, Source: c.name, Entries: entries})
		},
	})
	command.Flags().StringVar(&with, "with", "", "what the file is: directory (computer objects, CSV or LDIF), dns (names, or a zone) or cmdb (CSV) (required)")
	return command
}

// DiscoverOptions are the flags of "patchdeck inventory discover".
type DiscoverOptions struct {
	Ranges []netip.Prefix
	Ports  []int
	Rate   int
	Names  []string // of servers that the inventory knows by a DNS name
}

func (t *tree) inventoryDiscover() *cobra.Command {
	var ranges []string
	var o DiscoverOptions
	command := t.verb(verb{
		use: "discover", short: "Find machines in ranges of the network that answer and are on no list; nothing is sent to them",
		example: "  patchdeck inventory discover --range 10.20.0.0/22 --port 5985 --port 5986 --rate 100",
		run: func(c *call) error {
			record := engine.RecordDiscovery{}
			if !engine.May(c.actor(), record.Action()) {
				return approval.NeedsRole(c.actor(), "to sweep the network", engine.RolesFor(record.Action())...)
			}
			for _, text := range ranges {
				r, err := netip.ParsePrefix(text)
				if err != nil {
					return wrongUsage("--range %q is no range of addresses: write it as 10.20.0.0/22", cut(text, 60))
				}
				o.Ranges = append(o.Ranges, r.Masked())
			}
			if len(o.Ranges) == 0 {
				return wrongUsage("--range is missing: name the ranges to look in, such as 10.20.0.0/22")
			}
			for _, s := range c.view().Servers {
				if _, err := netip.ParseAddr(s.Address); err != nil {
					o.Names = append(o.Names, s.Address)
				}
			}
			found, asked, err := t.env.Discover(c.ctx, o)
			if err != nil {
				return err
			}
			record.Ranges, record.Asked, record.Found = o.Ranges, asked, found
			return c.do(record)
		},
	})
	flags := command.Flags()
	flags.StringSliceVar(&ranges, "range", nil, "a range of addresses such as 10.20.0.0/22; may be repeated (required)")
	flags.IntSliceVar(&o.Ports, "port", []int{5985, 5986}, "a port to connect to; may be repeated")
	flags.IntVar(&o.Rate, "rate", 100, "connections begun in a second, at the most")
	return command
}

// discover is what Environment.Discover does.
type discover = func(ctx context.Context, options DiscoverOptions) (found []inventory.Responder, asked int, err error)

func (t *tree) inventoryRetire() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "retire SERVER...", short: "Take servers out of the inventory for good", args: cobra.MinimumNArgs(1), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		ids, err := c.serverIDs(c.args)
		if err != nil {
			return err
		}
		return c.do(engine.RetireServers{Servers: ids, Reason: reason})
	}})
	reasonFlag(command, &reason)
	return command
}

// importFlags say how a file of servers is read.
type importFlags struct {
	format                        string
	environments, sites, defaults map[string]string
}

func (f *importFlags) add(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&f.format, "format", "", "csv or ansible; left out, what the file's name and beginning say")
	flags.StringToStringVar(&f.environments, "environment-of", nil, "of an Ansible group: its environment, for instance production=Prod; may be repeated")
	flags.StringToStringVar(&f.sites, "site-of", nil, "of an Ansible group: its site, for instance bern=Bern; may be repeated")
	flags.StringToStringVar(&f.defaults, "default", nil, "a column where an Ansible inventory says nothing, for instance owner=Ada; may be repeated")
}

// read reads the servers of a file. Others are hosts of an Ansible inventory that are no Windows servers.
func (f *importFlags) read(c *call) (servers []inventory.Server, others []string, bad []inventory.LineError, err error) {
	in := bufio.NewReader(c.file)
	ansible := f.format == "ansible"
	switch {
	case f.format == "":
		begins, err := in.Peek(4096)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, nil, nil, err
		}
		ansible = looksLikeAnsible(c.name, begins)
	case f.format != "csv" && !ansible:
		return nil, nil, nil, oneOf("format", f.format, "csv", "ansible")
	}
	if !ansible {
		servers, bad, err = inventory.ReadCSV(in, c.session.Windows)
		return servers, nil, bad, err
	}
	return inventory.ReadAnsible(in, inventory.AnsibleOptions{Windows: c.session.Windows, Defaults: f.defaults,
		Groups: map[string]map[string]string{"environment": f.environments, "site": f.sites}})
}

// looksLikeAnsible tells an Ansible inventory by its name, or by a first line that is a section or a key of YAML.
func looksLikeAnsible(name string, begins []byte) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".ini", ".yml", ".yaml":
		return true
	case ".csv":
		return false
	}
	for line := range bytes.Lines(begins) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' {
			return line[0] == '[' || inventory.LooksLikeAnsibleYAML(begins)
		}
	}
	return false
}
