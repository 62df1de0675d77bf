package screen

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"patchdeck/assets"
	"patchdeck/engine"
	"patchdeck/ui/screen/desk"
	"patchdeck/ui/screen/inbox"
	"patchdeck/ui/uitest"
)

// documents are an inbox with the demonstration's bulletin, an inventory of two servers, one with a window that nobody knows, and a text.
type documents struct{}

var inboxTexts = []struct{ name, text string }{
	{"2026-Nov.xml", demoBulletin()},
	{"new-servers.csv", "name,address,os,environment,site,owner,applications,window\nDUB-NEW-001,10.1.9.1,Windows Server 2022,Prod,DUB,Retail,Payroll,W1\nDUB-NEW-002,10.1.9.2,Windows Server 2022,Prod,DUB,Retail,Payroll,\n"},
	{"lost-window.csv", "name,address,os,environment,site,owner,applications,window\nDUB-NEW-003,10.1.9.3,Windows Server 2022,Prod,DUB,Retail,Payroll,W99\n"},
	{"notes.csv", "call the vendor"},
}

func demoBulletin() string {
	text, _ := assets.Demo("bulletin.xml")
	return string(text)
}

// Folder implements desk.Inbox.
func (documents) Folder() string { return "/srv/patchdeck/inbox" }

// Documents implements desk.Inbox.
func (documents) Documents() (list []desk.Document, err error) {
	for n, d := range inboxTexts {
		list = append(list, desk.Document{Name: d.name, Size: int64(len(d.text)), Modified: uitest.At.Add(-time.Duration(n+1) * time.Hour)})
	}
	return list, nil
}

// Open implements desk.Inbox.
func (documents) Open(name string) (io.ReadCloser, error) {
	for _, d := range inboxTexts {
		if d.name == name {
			return io.NopCloser(strings.NewReader(d.text)), nil
		}
	}
	return nil, fmt.Errorf("no such document")
}

// TestDocumentsAreImportedFromTheInbox: nobody has to leave the console for the month's bulletin (handbook 6, task 10).
func TestDocumentsAreImportedFromTheInbox(t *testing.T) {
	s := open(t, night(), lead, mono, 120, 36)
	s.press(onUpdates, "i", "enter")
	text, asked := s.asks()
	if !asked || !strings.Contains(text, "Import 2026-Nov.xml?") || !strings.Contains(text, "updates for Windows Server") {
		t.Fatalf("nothing says what will be imported:\n%s", text)
	}
	s.press("tab", "enter")
	if got, ok := s.newest().(engine.ImportBulletin); !ok || got.Source != "2026-Nov.xml" || len(got.Bulletin.Updates) == 0 {
		t.Errorf("gave %+v", s.newest())
	}
	if _, open := s.root.screen().(*inbox.Page); open {
		t.Error("the page stayed after the import")
	}
	s.press(onInventory, "i", "enter", "tab", "enter")
	if got, ok := s.newest().(engine.ImportServers); !ok || len(got.Servers) != 2 {
		t.Errorf("gave %+v", s.newest())
	}
	before := len(s.commands())
	for _, step := range []struct{ key, want string }{{"j", "lost-window.csv: 1 bad line"}, {"j", "notes.csv:"}} {
		if _, open := s.root.screen().(*inbox.Page); !open {
			s.press("i")
		}
		s.press(step.key, "enter")
		if !strings.Contains(s.frame(), step.want) || !strings.Contains(s.frame(), "nothing was imported") {
			t.Errorf("%q is not said:\n%s", step.want, s.frame())
		}
	}
	if len(s.commands()) != before {
		t.Errorf("a document that cannot be read gave %+v", s.newest())
	}
	viewing := open(t, night(), viewer, mono, 120, 36)
	viewing.press(onUpdates, "i")
	if _, open := viewing.root.screen().(*inbox.Page); open {
		t.Error("a viewer may look into the inbox")
	}
}
