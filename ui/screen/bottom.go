package screen

import (
	"fmt"
	"strings"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/ui/part"
	"patchdeck/ui/screen/desk"
)

// bottom is the line that every screen has: the live rollout, what needs a person, some keys.
func (r *Root) bottom() string {
	t := r.desk.Theme
	needs := ""
	if n := len(r.desk.Current.Needs); n > 0 {
		needs = fmt.Sprintf("! %s", part.Count(n, "needs you", "need you"))
	}
	line := t.Line(r.width).Space(1)
	ink, forms := r.liveForms()
	keep := part.Width(needs) + len("? help") + 8
	for _, words := range forms {
		if part.Width(words) <= r.width-keep {
			line.Put(ink, words)
			break
		}
	}
	line.Space(3).Put(t.Tone(rollout.ToneBad), needs).Space(3)
	return line.End(t.Dim, r.hints(line.Room()-2)+" ").String()
}

// liveForms says how the live rollout does, from the longest form to the shortest.
func (r *Root) liveForms() (part.Ink, []string) {
	live := r.live()
	t := r.desk.Theme
	if live == nil {
		return t.Dim, []string{"no rollout is open"}
	}
	ink, sign := t.Tone(rollout.ToneGood), "●"
	name := fmt.Sprintf("%s %s", live.ID, live.Ring)
	if live.State != rollout.Active {
		ink, sign = t.Tone(rollout.ToneBad), "!"
		name += " " + strings.ToUpper(string(live.State))
	}
	servers := fmt.Sprintf("%s servers", part.Number(live.Counts.Targeted()))
	results := fmt.Sprintf("%s ok · %s failed", part.Number(live.Counts[rollout.Succeeded]), part.Number(live.Counts[rollout.Failed]))
	window, closes := r.windowWords(live)
	join := func(parts ...string) string {
		words := sign + " " + name
		for _, p := range parts {
			if p != "" {
				words += " · " + p
			}
		}
		return words
	}
	return ink, []string{join(window, servers, results, closes), join(window, results, closes), join(results, closes), join(results), join()}
}

func (r *Root) windowWords(live *engine.RolloutView) (window, closes string) {
	w := desk.CurrentWindow(live)
	if w == nil {
		return "all windows closed", ""
	}
	window = fmt.Sprintf("window %d/%d", live.Current+1, len(live.Windows))
	if w.Contains(r.desk.Current.At) {
		return window, "closes in " + r.desk.Left(w.Closes)
	}
	return window, "opens in " + r.desk.Left(w.Opens)
}

// hints are the keys of the screen in front, as many as fit; help stands always.
func (r *Root) hints(room int) string {
	const help = "? help"
	words := help
	for _, b := range r.bindings() {
		if b.Hint == "" || b.Hint == "help" || b.Why() != "" {
			continue
		}
		longer := strings.TrimSuffix(words, help) + b.Keys[0] + " " + b.Hint + "  " + help
		if part.Width(longer) > room {
			break
		}
		words = longer
	}
	return words
}
