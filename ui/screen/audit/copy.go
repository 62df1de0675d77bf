package audit

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"patchdeck/ui/part"
)

// mostCopied bounds what goes to a clipboard, in bytes: terminals take no more in one order.
const mostCopied = 48 << 10

// copyFound puts what a search found on the person's clipboard, for a mail or a spreadsheet; more than fits leaves with an export.
func (p *searchPage) copyFound() []part.Binding {
	list := p.desk.CopyText("copy what was found", func() (string, string) {
		text, rows := copied(p.records)
		told := part.Count(rows, "entry is", "entries are") + " on your clipboard"
		if rows < len(p.records) {
			told = fmt.Sprintf("the newest %s of %s are on your clipboard: more does not fit, an export does (e on the screen Audit)", part.Number(rows), part.Count(len(p.records), "entry", "entries"))
		}
		return text, told
	})
	for i := range list {
		list[i].Disabled = func() string {
			if len(p.records) == 0 {
				return "nothing is found yet"
			}
			return ""
		}
	}
	return list
}

// copied writes entries as lines with tabs between their parts, the newest that fit, and tells how many did.
func copied(records []record) (text string, rows int) {
	var b strings.Builder
	b.WriteString("Entry\tWhen\tWho\tWhat\tObject\tChange and reason")
	for i := range records {
		r := &records[i]
		cells := []string{strconv.FormatUint(r.seq, 10), r.entry.At.UTC().Format(time.RFC3339), r.entry.Actor, r.entry.Action, r.entry.Object, r.words()}
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(part.Clean(c), "\t", " ")
		}
		line := strings.Join(cells, "\t")
		if b.Len()+1+len(line) > mostCopied {
			return b.String(), i
		}
		b.WriteString("\n" + line)
	}
	return b.String(), len(records)
}
