package servers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine/inventory"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
	"patchdeck/ui/screen/history"
)

// factsTime is how long reading one server's facts may take.
const factsTime = time.Minute

// page is everything known of one server.
type page struct {
	desk   *desk.Desk
	id     inventory.ServerID
	fresh  *inventory.Facts // read on request, newer than the view's
	asking bool
	scroll part.Scroll
}

// factsRead is the server's answer.
type factsRead struct {
	server inventory.ServerID
	facts  inventory.Facts
	err    error
}

func newPage(d *desk.Desk, id inventory.ServerID) *page { return &page{desk: d, id: id} }

func (p *page) server() (inventory.Server, bool) {
	servers := p.desk.Current.Servers
	i := slices.IndexFunc(servers, func(s inventory.Server) bool { return s.ID == p.id })
	if i < 0 {
		return inventory.Server{ID: p.id}, false
	}
	return servers[i], true
}

// Title implements desk.Screen.
func (p *page) Title() string {
	s, _ := p.server()
	return s.Name
}

// Init implements desk.Screen.
func (p *page) Init() part.Cmd { return nil }

// Update implements desk.Screen.
func (p *page) Update(message part.Msg) part.Cmd {
	m, ok := message.(factsRead)
	if !ok || m.server != p.id || !p.asking {
		return nil
	}
	p.asking = false
	if m.err != nil {
		p.desk.Tell("could not read "+p.Title()+": "+m.err.Error(), true)
		return nil
	}
	p.fresh = &m.facts
	p.desk.Tell(p.Title()+" answered", false)
	return nil
}

// Bindings implements desk.Screen.
func (p *page) Bindings() []part.Binding {
	const group = "Server"
	return append([]part.Binding{
		{Keys: []string{"u"}, Help: "ask the server for its facts now", Hint: "ask now", Group: group, Action: "inventory.sweep", Run: p.ask,
			Disabled: func() string {
				if p.asking {
					return "the server is being asked"
				}
				return ""
			}},
		{Keys: []string{"l"}, Help: "what the audit trail says of it", Hint: "log", Group: group, Run: func() part.Cmd {
			return p.desk.Open(history.New(p.desk, p.Title(), string(p.id)))
		}},
	}, append(p.desk.CopyPage(func(t *part.Theme) []string { return p.lines(t, copyWidth) }), p.scroll.Moves()...)...)
}

func (p *page) ask() part.Cmd {
	p.asking = true
	p.desk.Tell("asking "+p.Title(), false)
	console, actor, id := p.desk.Console, p.desk.Actor, p.id
	return func() part.Msg {
		limited, cancel := context.WithTimeout(context.Background(), factsTime)
		defer cancel()
		facts, err := console.Facts(limited, actor, id)
		return factsRead{id, facts, err}
	}
}

// copyWidth is how wide a page is copied.
const copyWidth = 120

// View implements desk.Screen.
func (p *page) View(width, height int) []string {
	return p.scroll.Render(p.desk.Theme, p.lines(p.desk.Theme, width), width, height)
}

func (p *page) lines(t *part.Theme, width int) []string {
	s, known := p.server()
	sheet := part.Sheet{Theme: t, Width: width}
	if !known {
		sheet.Say(t.Normal, "this server is no longer in the inventory")
		return sheet.Lines
	}
	p.people(&sheet, s)
	p.wrong(&sheet)
	facts := s.Facts
	if p.fresh != nil && (facts == nil || p.fresh.At.After(facts.At)) {
		facts = p.fresh
	}
	if facts != nil {
		p.facts(&sheet, facts)
	}
	p.health(&sheet, s.Health)
	p.scan(&sheet, s.Scan)
	p.rollouts(&sheet)
	return sheet.Lines
}

// people writes what people say of the server.
func (p *page) people(sheet *part.Sheet, s inventory.Server) {
	t := sheet.Theme
	sheet.Head(s.Name, string(s.ID))
	if s.Trouble != "" {
		sheet.Fact("trouble", t.Tone(rollout.ToneBad), s.Trouble)
	}
	sheet.Fact("address", t.Normal, fmt.Sprintf("%s, port %d, %s", s.Address, s.Port, s.Scheme))
	sheet.Fact("system", t.Normal, s.OS)
	sheet.Fact("environment", t.Normal, fmt.Sprintf("%s, site %s, risk %s", s.Environment, s.Site, s.Risk))
	sheet.Fact("owner", t.Normal, s.Owner)
	sheet.Fact("applications", t.Normal, strings.Join(s.Applications, ", "))
	sheet.Fact("cluster", t.Normal, s.Cluster)
	sheet.Fact("window", t.Normal, s.Window)
	if s.Unmanaged != "" {
		sheet.Fact("not managed", t.Tone(rollout.ToneMissed), s.Unmanaged)
	}
	sheet.Fact("collections", t.Normal, strings.Join(p.collections(), ", "))
}

// facts writes what the server said of itself.
func (p *page) facts(sheet *part.Sheet, f *inventory.Facts) {
	t, d := sheet.Theme, p.desk
	sheet.Head("What it said of itself", "read "+d.Ago(f.At))
	sheet.Fact("name", t.Normal, strings.Trim(f.Hostname+"."+f.Domain, "."))
	sheet.Fact("system", t.Normal, fmt.Sprintf("%s, build %s, %s", f.OSCaption, f.Build, f.InstallationType))
	sheet.Fact("restarted", t.Normal, d.Day(f.BootTime)+" ("+d.Ago(f.BootTime)+")")
	for _, r := range f.PendingRestart {
		words, ink := r.Reason+" "+r.Detail, t.Dim
		if r.Blocks {
			words, ink = words+" (nothing can be installed before)", t.Tone(rollout.ToneRestart)
		}
		sheet.Fact("restart owed", ink, words)
	}
	sheet.Fact("system drive", t.Normal, fmt.Sprintf("%s free of %s", part.Bytes(f.SystemDriveFree), part.Bytes(f.SystemDriveTotal)))
	sheet.Fact("memory", t.Normal, part.Bytes(f.MemoryBytes))
	sheet.Fact("hardware", t.Normal, strings.TrimSpace(f.Hardware+" "+f.Model))
	sheet.Fact("PowerShell", t.Normal, f.PowerShell+" "+f.LanguageMode)
	sheet.Fact("cluster state", t.Normal, f.ClusterState)
	sheet.Fact("roles", t.Normal, strings.Join(f.Roles, ", "))
	sheet.Fact("running", t.Normal, strings.Join(f.Running(), ", "))
	sheet.Fact("baseline", t.Normal, f.Baseline.Name)
	sheet.Fact("installed", t.Normal, strings.Join(f.Updates, ", "))
}

// scan writes what its update agent offers.
func (p *page) scan(sheet *part.Sheet, scan *inventory.Scan) {
	t, d := sheet.Theme, p.desk
	if scan == nil {
		sheet.Head("Updates", "not scanned yet")
		return
	}
	sheet.Head("Updates that it lacks", "scanned "+d.Ago(scan.At))
	if len(scan.Offered) == 0 {
		sheet.Say(t.Normal, "none")
	}
	for _, o := range scan.Offered {
		sheet.Fact(o.KB, t.Normal, o.Title+" "+part.Bytes(o.Size))
	}
}
