package servers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/calendar"
	"patchdeck/engine/inventory"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

const actionGroup = "Chosen servers"

// actions are what a person may do with the marked servers, or else with the one under the cursor.
func (s *Screen) actions() []part.Binding {
	return []part.Binding{
		{Keys: []string{"u"}, Help: "ask the chosen servers for their facts", Group: actionGroup, Action: engine.Sweep{}.Action(), Disabled: s.nothing,
			Run: s.askSweep(engine.SweepFacts, "their facts")},
		{Keys: []string{"U"}, Help: "let the chosen servers scan for updates", Group: actionGroup, Action: engine.Sweep{}.Action(), Disabled: s.nothing,
			Run: s.askSweep(engine.SweepScan, "a scan by their own update agent")},
		{Keys: []string{"H"}, Help: "ask the chosen servers what would stop an installation", Group: actionGroup, Action: engine.Sweep{}.Action(), Disabled: s.nothing,
			Run: s.askSweep(engine.SweepHealth, "what would stop an installation")},
		{Keys: []string{"n"}, Help: "save the filter, or the marked servers, as a collection", Hint: "new collection", Group: actionGroup,
			Action: engine.CreateCollection{}.Action(), Run: s.askCollection, Disabled: func() string {
				if !s.query.active() && s.table.Marks() == 0 {
					return "filter first, or mark servers: a collection is what is shown then"
				}
				return s.nothing()
			}},
		{Keys: []string{"+"}, Help: "add the chosen servers to a collection by name", Group: actionGroup, Action: engine.AddToCollection{}.Action(),
			Run: s.askAdd, Disabled: func() string {
				if len(s.desk.Current.Collections) == 0 {
					return "there is no collection yet: n makes one"
				}
				return s.nothing()
			}},
		{Keys: []string{"x"}, Help: "exclude the chosen servers from the collection shown, until a time or for good", Group: actionGroup,
			Action: engine.ExcludeFromCollection{}.Action(), Run: s.askExclude, Disabled: s.noCollection},
		{Keys: []string{"X"}, Help: "take back that the chosen servers are named members of the collection shown", Group: actionGroup,
			Action: engine.RemoveFromCollection{}.Action(), Run: s.askRemove, Disabled: s.noCollection},
		{Keys: []string{"R"}, Help: "retire the chosen servers: they leave the inventory for good", Group: actionGroup, Action: engine.RetireServers{}.Action(),
			Run: s.askRetire, Disabled: s.nothing},
	}
}

const noCollection = "no collection is shown: tab, then enter on one"

func (s *Screen) noCollection() string {
	if s.collection == "" {
		return noCollection
	}
	return s.nothing()
}

// chosen are the servers that an action means, with their names.
func (s *Screen) chosen() (ids []inventory.ServerID, names []string) {
	name := desk.Names(s.desk.Current)
	for _, id := range s.table.Chosen() {
		ids = append(ids, inventory.ServerID(id))
		names = append(names, name(inventory.ServerID(id)))
	}
	return ids, names
}

func servers(n int) string { return part.Count(n, "server", "servers") }

func (s *Screen) askSweep(kind engine.SweepKind, what string) func() part.Cmd {
	return func() part.Cmd {
		ids, names := s.chosen()
		s.desk.Ask(part.Question{Title: fmt.Sprintf("Ask %s for %s?", servers(len(ids)), what), Names: names, Verb: "Ask",
			Says: []string{"Nothing is changed on them. What they answer shows here, server by server."},
			Do:   func(string) part.Cmd { return s.desk.Do(engine.Sweep{Kind: kind, Servers: ids}) }})
		return nil
	}
}

// askCollection saves what narrows the table: the marked servers by name, an expression as the collection's question, or the servers that
// plain words left.
func (s *Screen) askCollection() part.Cmd {
	command := engine.CreateCollection{}
	ids, names := s.chosen()
	says := ""
	switch {
	case s.table.Marks() > 0:
		command.Members, says = ids, fmt.Sprintf("It holds the %s that are marked, by name.", servers(len(ids)))
	case s.query.expr != "":
		command.Query, names = s.query.expr, nil
		says = fmt.Sprintf("It asks %s, which %s now, and is answered anew each time.", s.query.expr, holdWords(len(s.matches)))
	default:
		names = nil
		for _, at := range s.shown {
			v := &s.desk.Current.Servers[at]
			command.Members, names = append(command.Members, v.ID), append(names, v.Name)
		}
		says = fmt.Sprintf("It holds the %s that are shown, by name. An expression would be asked anew each time.", servers(len(command.Members)))
	}
	s.desk.Ask(part.Question{Title: "Save a collection?", Says: []string{says}, Names: names, Verb: "Save", Reason: true,
		Prompt: &part.Prompt{Label: "Name", Hint: "letters, digits, dots, hyphens", Take: func(name string) error {
			command.Name = name
			return inventory.CheckName("collection", name)
		}},
		Do: func(reason string) part.Cmd {
			command.Reason = reason
			return s.desk.Do(command)
		}})
	return nil
}

func holdWords(n int) string {
	if n == 1 {
		return "1 server answers"
	}
	return part.Number(n) + " servers answer"
}

func (s *Screen) askAdd() part.Cmd {
	ids, names := s.chosen()
	var known []string
	for _, c := range s.desk.Current.Collections {
		known = append(known, c.Name)
	}
	command := engine.AddToCollection{Servers: ids}
	s.desk.Ask(part.Question{Title: fmt.Sprintf("Add %s to a collection?", servers(len(ids))), Says: []string{"They are members by name, whatever its query says."},
		Names: names, Verb: "Add", Reason: true,
		Prompt: &part.Prompt{Label: "Collection", Hint: cmp.Or(s.collection, part.Some(known, 6)), Take: func(name string) error {
			command.Name = cmp.Or(name, s.collection)
			if !slices.Contains(known, command.Name) {
				return fmt.Errorf("there are the collections %s", strings.Join(known, ", "))
			}
			return nil
		}},
		Do: func(reason string) part.Cmd {
			command.Reason = reason
			return s.desk.Do(command)
		}})
	return nil
}

// untilPrompt asks for the end of an exception; open tells that there may be none.
func untilPrompt(d *desk.Desk, open bool, take func(time.Time)) *part.Prompt {
	hint := "2026-12-31 or 2026-12-31 18:00"
	if open {
		hint += "; empty is for good"
	}
	return &part.Prompt{Label: "Until", Hint: hint, Take: func(text string) error {
		if text == "" && open {
			take(time.Time{})
			return nil
		}
		end, err := calendar.ParseEnd(text, d.Zone)
		switch {
		case err != nil:
			return err
		case !end.After(d.Current.At):
			return fmt.Errorf("%s is over already", text)
		}
		take(end)
		return nil
	}}
}

func (s *Screen) askExclude() part.Cmd {
	ids, names := s.chosen()
	command := engine.ExcludeFromCollection{Name: s.collection, Servers: ids}
	s.desk.Ask(part.Question{Title: fmt.Sprintf("Exclude %s from %s?", servers(len(ids)), s.collection), Names: names, Verb: "Exclude", Reason: true,
		Says:   []string{"Plans made for the collection leave them out until then."},
		Prompt: untilPrompt(s.desk, true, func(end time.Time) { command.Until = end }),
		Do: func(reason string) part.Cmd {
			command.Reason = reason
			return s.desk.Do(command)
		}})
	return nil
}

func (s *Screen) askRemove() part.Cmd {
	ids, names := s.chosen()
	name := s.collection
	s.desk.Ask(part.Question{Title: fmt.Sprintf("Take back what %s says of %s by name?", name, servers(len(ids))), Names: names, Verb: "Take back", Reason: true,
		Says: []string{"They are no named members then; its query alone decides. Those that are excluded are on a page of their own: e."},
		Do: func(reason string) part.Cmd {
			return s.desk.Do(engine.RemoveFromCollection{Name: name, Servers: ids, Reason: reason})
		}})
	return nil
}

func (s *Screen) askDelete() part.Cmd {
	name := s.pane.SelectedID()
	s.desk.Ask(part.Question{Title: "Delete the collection " + name + "?", Says: []string{"No server is touched. Plans that were made from it stay as they are."},
		Verb: "Delete", Reason: true, Do: func(reason string) part.Cmd { return s.desk.Do(engine.DeleteCollection{Name: name, Reason: reason}) }})
	return nil
}

func (s *Screen) askRetire() part.Cmd {
	ids, names := s.chosen()
	s.desk.Ask(part.Question{Title: fmt.Sprintf("Retire %s?", servers(len(ids))), Names: names, Verb: "Retire", Reason: true,
		Says: []string{"They are no longer asked, planned or counted. What was recorded of them stays; this cannot be undone."},
		Do:   func(reason string) part.Cmd { return s.desk.Do(engine.RetireServers{Servers: ids, Reason: reason}) }})
	return nil
}
