package screen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/approval"
	"patchdeck/ui/part"
	"patchdeck/ui/uitest"
)

// everybody holds every role, so that no key is left out.
var everybody = approval.Actor{Name: "ada", Via: "ssh", Roles: func() (roles []approval.Role) {
	for _, r := range approval.Roles {
		roles = append(roles, r.Role)
	}
	return roles
}()}

// keyPage is one section of the documentation: the keys of one screen or page, in whatever state it was seen.
type keyPage struct {
	kind, title string
	tab, depth  int
	bindings    []part.Binding
}

func (p *keyPage) has(b part.Binding) bool {
	return slices.ContainsFunc(p.bindings, func(known part.Binding) bool { return known.Help == b.Help && slices.Equal(known.Keys, b.Keys) })
}

// take adds bindings that the page did not show before.
func (p *keyPage) take(bindings []part.Binding) {
	for _, b := range bindings {
		if !p.has(b) {
			p.bindings = append(p.bindings, b)
		}
	}
}

// pageTitle names a page without the thing that it happens to show: a screen by its tab, a page by the keys that lead to it.
func (s *session) pageTitle(keys []string) string {
	tab := s.root.tabs[s.root.front]
	if len(tab.stack) == 1 {
		return tab.name
	}
	const most = 3
	var words []string
	for _, k := range keys[1:] {
		if len(words) == most {
			break
		}
		words = append(words, "`"+k+"`")
	}
	return tab.name + ", after " + strings.Join(words, " ")
}

const keyDocHead = `# Keys

Written by ` + "`go test ./ui/screen -run TestKeysAreDocumented -update`" + ` from the bindings that the screens use; a test fails when it is
stale. *Who* are the roles that may give the command behind a key: the console leaves the key out for everybody else, and the engine checks
again. A key that does nothing at the moment says why. In a question, ` + "`tab`" + ` moves between the reason, Cancel and the button,
` + "`enter`" + ` chooses and ` + "`esc`" + ` cancels; in a text field ` + "`enter`" + ` keeps what was typed and ` + "`esc`" + ` drops it.
`

// TestKeysAreDocumented compares ui/screen/KEYS.md with the bindings of every screen and page that a golden frame shows.
func TestKeysAreDocumented(t *testing.T) {
	everywhere, moving := &keyPage{title: "Everywhere"}, &keyPage{title: "In lists and long pages"}
	moving.take(append(part.NewTable().Moves(), new(part.Scroll).Moves()...))
	var pages []*keyPage
	for _, f := range frames {
		s := open(t, f.view(), everybody, mono, 120, 36)
		s.press(f.keys...)
		screen := s.root.screen()
		kind := fmt.Sprintf("%T", screen)
		i := slices.IndexFunc(pages, func(p *keyPage) bool { return p.kind == kind })
		if i < 0 {
			i, pages = len(pages), append(pages, &keyPage{kind: kind, title: s.pageTitle(f.keys), tab: s.root.front, depth: len(s.root.tabs[s.root.front].stack)})
		}
		everywhere.take(s.root.global())
		pages[i].take(slices.DeleteFunc(screen.Bindings(), moving.has))
	}
	if len(pages) < 2*len(open(t, night(), lead, mono, 80, 24).root.tabs) {
		t.Errorf("only %d pages were reached: every screen and its pages belong here", len(pages))
	}
	slices.SortStableFunc(pages, func(a, b *keyPage) int { return cmp.Or(cmp.Compare(a.tab, b.tab), cmp.Compare(a.depth, b.depth)) })
	doc := keyDocHead + everywhere.markdown() + moving.markdown()
	for _, p := range pages {
		doc += p.markdown()
	}
	uitest.Kept(t, "KEYS.md", doc)
}

// TestBracketsMeanTheSameEverywhere guards what fingers learn: [ goes back, ] goes on.
func TestBracketsMeanTheSameEverywhere(t *testing.T) {
	for _, f := range frames {
		s := open(t, f.view(), everybody, mono, 120, 36)
		s.press(f.keys...)
		for _, b := range s.root.screen().Bindings() {
			for key, word := range map[string]string{"[": "before", "]": "next"} {
				if slices.Contains(b.Keys, key) && !strings.Contains(b.Help, word) {
					t.Errorf("frame %s: %s is %q", f.name, key, b.Help)
				}
			}
		}
	}
}

// markdown is the section of a page.
func (p *keyPage) markdown() string {
	text := "\n## " + p.title + "\n"
	if len(p.bindings) == 0 {
		return text + "Nothing but moving and what works everywhere.\n"
	}
	text += "| key | what it does | who |\n|---|---|---|\n"
	for _, b := range p.bindings {
		text += fmt.Sprintf("| %s | %s | %s |\n", keyCell(b.Keys), strings.ReplaceAll(b.Help, "|", `\|`), who(b.Action))
	}
	return text
}

func keyCell(keys []string) string {
	var words []string
	for _, k := range keys {
		words = append(words, "`"+strings.ReplaceAll(k, "|", `\|`)+"`")
	}
	return strings.Join(words, " ")
}

// who are the roles behind a command; a key without a command is everybody's.
func who(action string) string {
	if action == "" {
		return "everybody"
	}
	var words []string
	for _, r := range engine.RolesFor(action) {
		words = append(words, string(r))
	}
	return strings.Join(words, ", ")
}
