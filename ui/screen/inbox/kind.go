package inbox

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/catalog"
	"patchdeck/engine/inventory"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// Kind is what can be imported: how its documents are read, and what importing one means.
type Kind struct {
	Noun   string // "a bulletin"
	Action string
	Verb   string // the command that imports over SSH: "catalog import"
	Expect string // what a document must be
	// Endings are those of the files that may be one; others are not shown.
	Endings []string
	read    func(name string, text io.Reader) (Reading, error)
}

// fits tells that a file may be a document of the kind.
func (k Kind) fits(d desk.Document) bool {
	return slices.Contains(k.Endings, strings.ToLower(path.Ext(d.Name)))
}

// Reading is a document that was read: the command that imports it, and what the person should know before.
type Reading struct {
	Command engine.Command
	Says    []string
}

// Bulletins are the vendor's monthly documents, and advisories on one vulnerability.
var Bulletins = Kind{Noun: "a bulletin", Action: engine.ImportBulletin{}.Action(), Verb: "catalog import", Expect: "a month's bulletin (CVRF as XML or JSON), or an advisory (CSAF)", Endings: []string{".xml", ".json"},
	read: func(name string, text io.Reader) (Reading, error) {
		b, err := catalog.Import(text, 0)
		if err != nil {
			return Reading{}, err
		}
		says := []string{fmt.Sprintf("%s, revision %s, holds %s for Windows Server. SHA-256 %.12s.", b.Title, b.Revision, part.Count(len(b.Updates), "update", "updates"), b.SHA256)}
		if n := len(b.Skipped); n > 0 {
			says = append(says, fmt.Sprintf("%s could not be read, the first: %s: %s.", part.Count(n, "record", "records"), b.Skipped[0].Where, b.Skipped[0].Reason))
		}
		return Reading{engine.ImportBulletin{Source: name, Bulletin: b}, says}, nil
	}}

// Servers are inventories as CSV, whose windows must be among the known ones.
func Servers(windows []string) Kind {
	return Kind{Noun: "servers", Action: engine.ImportServers{}.Action(), Verb: "inventory import", Expect: "an inventory as CSV, one line a server", Endings: []string{".csv"},
		read: func(name string, text io.Reader) (Reading, error) {
			list, bad, err := inventory.ReadCSV(text, windows)
			switch {
			case err != nil:
				return Reading{}, err
			case len(bad) > 0:
				return Reading{}, fmt.Errorf("%s, the first: %w", part.Count(len(bad), "bad line", "bad lines"), bad[0])
			case len(list) == 0:
				return Reading{}, fmt.Errorf("it holds no server, only a header")
			}
			return Reading{engine.ImportServers{Source: name, Servers: list},
				[]string{fmt.Sprintf("It holds %s. Servers are matched by name: those that are known are updated, others are new, and nobody leaves.", part.Count(len(list), "server", "servers"))}}, nil
		}}
}
