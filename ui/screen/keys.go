package screen

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// readingTime is how long an answer stays at least: the next key clears it only then.
const readingTime = time.Second

// keys takes the presses of one message, one after the other: each sees what the one before it did.
func (r *Root) keys(keys []part.Key) tea.Cmd {
	var commands []tea.Cmd
	for _, k := range keys {
		commands = append(commands, r.key(k))
	}
	r.keepPlace()
	return tea.Batch(commands...)
}

// key gives one press to what lies on top: a question, help, the palette, a text field, else the bindings.
func (r *Root) key(k part.Key) tea.Cmd {
	if k.Name == "ctrl+c" || k.Name == "q" && r.small() {
		return r.quit()
	}
	if r.small() {
		return nil // nobody should act on what they cannot see
	}
	if r.confirm != nil {
		over, command := r.confirm.Key(k, r.now())
		if over {
			r.confirm = nil
		}
		return command
	}
	if r.leaving {
		return r.leave(k)
	}
	if r.help != nil {
		if r.help.key(k) {
			r.help = nil
		}
		return nil
	}
	if r.now().Sub(r.saidAt) >= readingTime {
		r.said = ""
	}
	if r.palette != nil {
		return r.typePalette(k)
	}
	if typist, ok := r.screen().(desk.Typist); ok && typist.Typing() {
		typist.Type(k)
		if follower, ok := r.screen().(desk.Follower); ok {
			return follower.Follow()
		}
		return nil
	}
	if binding, found := part.Find(r.bindings(), k); found {
		return r.run(binding)
	}
	return nil
}

// run runs a binding, or says why it does nothing now.
func (r *Root) run(b part.Binding) tea.Cmd {
	if why := b.Why(); why != "" {
		r.Tell(why, false)
		return nil
	}
	return b.Run()
}

// leave answers the word that the rollout goes on.
func (r *Root) leave(k part.Key) tea.Cmd {
	r.leaving = false
	if k.Name == "q" || k.Name == "enter" || k.Name == "y" {
		return r.quit()
	}
	return nil
}

// bindings are the keys that work now: the screen's own, then those of the whole console.
func (r *Root) bindings() []part.Binding {
	list := part.Allowed(append(r.screen().Bindings(), r.global()...), r.desk.May)
	if r.hasMouse() {
		return list
	}
	return slices.DeleteFunc(list, func(b part.Binding) bool { return b.Group == part.MouseGroup })
}

// consoleGroup is the group of the keys that work everywhere.
const consoleGroup = "Console"

func (r *Root) global() []part.Binding {
	const group = consoleGroup
	list := []part.Binding{}
	if len(r.tabs[r.front].stack) > 1 {
		list = append(list, part.Binding{Keys: []string{"esc", "backspace"}, Help: "back", Hint: "back", Group: group, Run: r.back})
	}
	for i, t := range r.tabs {
		list = append(list, part.Binding{Keys: []string{strconv.Itoa(i + 1)}, Help: t.name, Group: "Screens", Run: func() part.Cmd { return r.goTo(i) }})
	}
	return append(list,
		part.Binding{Keys: []string{"!"}, Help: "go to what needs a person; again: to the next", Group: group, Run: r.goToNeed, Disabled: func() string {
			if len(r.desk.Current.Needs) == 0 {
				return "nothing needs a person"
			}
			return ""
		}},
		part.Binding{Keys: []string{"?"}, Help: "the keys of this screen", Hint: "help", Group: group, Run: func() part.Cmd { r.openHelp(); return nil }},
		part.Binding{Keys: []string{paletteKey}, Help: "find what this screen can do by typing", Group: group, Run: r.openPalette},
		r.mouseBinding(),
		part.Binding{Keys: []string{"q"}, Help: r.leavingHelp(), Group: group, Run: r.askToLeave},
	)
}

func (r *Root) leavingHelp() string {
	if r.left != "" {
		return "leave"
	}
	return "leave; a rollout goes on"
}

// askToLeave leaves at once when nothing runs that a person might think to stop by it.
func (r *Root) askToLeave() part.Cmd {
	if r.goesOn() == "" {
		return r.quit()
	}
	r.leaving = true
	return nil
}

// goToNeed goes through what needs a person, most urgent first.
func (r *Root) goToNeed() part.Cmd {
	needs := r.desk.Current.Needs
	at := r.nextNeed % len(needs)
	r.nextNeed = at + 1
	command := r.jump(needs[at].Object)
	r.Tell(fmt.Sprintf("%d of %d: %s", at+1, len(needs), needs[at].Words), needs[at].Urgent)
	return command
}

// jump brings the screen to the front that shows the thing with an id. A server is shown in the rollout when it is in one.
func (r *Root) jump(id string) part.Cmd {
	command, _ := r.show(id)
	return command
}

// show is jump that tells whether any screen shows the thing.
func (r *Root) show(id string) (part.Cmd, bool) {
	if id == "" {
		return nil, false // some needs are about no thing that a screen could show
	}
	for _, name := range []string{"Rollout", "Changes", "Incidents", "Procedure", "Inventory"} {
		for i := range r.tabs {
			t := &r.tabs[i]
			if finder, ok := t.stack[0].(desk.Finder); ok && t.name == name && finder.Find(id) {
				t.stack = t.stack[:1]
				r.front = i
				return r.screen().Init(), true
			}
		}
	}
	return nil, false
}
