package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/catalog"
)

func (t *tree) catalog() *cobra.Command {
	return t.noun("catalog", "The vendor's bulletins and their updates", t.catalogImport(), t.catalogList(), t.catalogShow(), t.catalogAdd(),
		t.catalogRelevance(), t.catalogThreat(), t.catalogRule(), t.catalogIssue(), t.catalogFile(), t.catalogInstaller())
}

func (t *tree) catalogImport() *cobra.Command {
	return t.verb(verb{
		use: "import FILE", short: "Import a month's bulletin (CVRF as XML or JSON), or an advisory on one vulnerability (CSAF)", file: readsFile, args: cobra.ExactArgs(1),
		example: "  patchdeck catalog import 2026-Feb.xml\n  xz -dc 2026-Feb.xml.xz | patchdeck catalog import -",
		run:     importBulletin,
	})
}

func importBulletin(c *call) error {
	bulletin, err := catalog.Import(c.file, 0)
	if err != nil {
		return fmt.Errorf("%s: %w; nothing was imported", c.name, err)
	}
	answer, err := c.console().Do(c.ctx, c.actor(), engine.ImportBulletin{Source: c.name, Bulletin: bulletin})
	if err != nil {
		return err
	}
	if c.json {
		return c.object(struct {
			Bulletin string            `json:"bulletin"`
			Title    string            `json:"title"`
			Revision string            `json:"revision"`
			SHA256   string            `json:"sha256"`
			Updates  int               `json:"updates"`
			Skipped  []catalog.Skipped `json:"skipped"`
			Answer   string            `json:"answer"`
		}{bulletin.ID, bulletin.Title, bulletin.Revision, bulletin.SHA256, len(bulletin.Updates), notNil(bulletin.Skipped), answer})
	}
	if err := c.line("%s", answer); err != nil {
		return err
	}
	return c.skipped(bulletin.Skipped)
}

// skipped names the records of a document that could not be read; none is dropped silently.
func (c *call) skipped(records []catalog.Skipped) error {
	if len(records) == 0 {
		return nil
	}
	if err := c.line("%s could not be read:", plural(len(records), "record")); err != nil {
		return err
	}
	for i, record := range records {
		if i == mostLines {
			return c.line("  and %d more; --json lists all", len(records)-i)
		}
		if err := c.line("  %s: %s", record.Where, record.Reason); err != nil {
			return err
		}
	}
	return nil
}

// updateLine is the object that "catalog list --json" prints for each KB.
type updateLine struct {
	KB         string            `json:"kb"`
	Bulletin   string            `json:"bulletin"`  // the newest of them
	Bulletins  []string          `json:"bulletins"` // that name the update
	Severity   catalog.Severity  `json:"severity"`
	CVEs       []string          `json:"cves"`
	Exploited  bool              `json:"exploited"`
	Disclosed  bool              `json:"disclosed"`
	CVSS       float64           `json:"cvss,omitempty"`
	Restart    catalog.Restart   `json:"restart"`
	Supersedes []string          `json:"supersedes"`
	Products   map[string]string `json:"products"` // name -> FixedBuild
}

func (t *tree) catalogList() *cobra.Command {
	var bulletin string
	command := t.verb(verb{use: "list", short: "List the updates of the imported bulletins, each once", reads: always, run: func(c *call) error {
		return c.listUpdates(bulletin)
	}})
	command.Flags().StringVar(&bulletin, "bulletin", "", "only this bulletin, as it stands: for instance 2026-Feb")
	return command
}

func (c *call) listUpdates(bulletin string) error {
	bulletins := c.view().Bulletins
	if bulletin != "" {
		i := slices.IndexFunc(bulletins, func(b catalog.Bulletin) bool { return strings.EqualFold(bulletin, b.ID) })
		if i < 0 {
			return fmt.Errorf("there is no bulletin %q: %s", bulletin, knownBulletins(c.view()))
		}
		bulletins = bulletins[i : i+1]
	}
	var rows [][]string
	for _, u := range catalog.Combine(bulletins) {
		u.Update = c.view().Dossiers[u.KB].Rated(u.Update)
		if !c.json {
			rows = append(rows, updateRow(u))
			continue
		}
		if err := c.object(lineOf(u)); err != nil {
			return err
		}
	}
	if c.json {
		return nil
	}
	return c.table([]column{{"KB", 12}, {"BULLETIN", 20}, {"SEVERITY", 0}, {"CVES", 0}, {"EXPLOITED", 0}, {"RESTART", 0}, {"SUPERSEDES", 24}, {"PRODUCTS", 40}},
		rows, "no bulletin was imported yet: patchdeck catalog import FILE")
}

func lineOf(u catalog.Combined) updateLine {
	line := updateLine{KB: u.KB, Bulletin: u.Bulletin, Bulletins: u.Bulletins, Severity: u.Severity, CVEs: notNil(u.CVEs), Exploited: u.Exploited,
		Disclosed: u.Disclosed, CVSS: u.CVSS, Restart: u.Restart, Supersedes: notNil(u.Supersedes), Products: map[string]string{}}
	for _, p := range u.Products {
		line.Products[p.Name] = p.FixedBuild
	}
	return line
}

func updateRow(u catalog.Combined) []string {
	exploited := "-"
	if u.Exploited {
		exploited = "exploited"
	}
	return []string{u.KB, strings.Join(u.Bulletins, " "), orDash(u.Severity.String()), fmt.Sprint(len(u.CVEs)), exploited, string(u.Restart),
		orDash(strings.Join(u.Supersedes, " ")), orDash(strings.Join(shortNames(u.Products), ", "))}
}

// shortNames leaves out of the products' names what all have in common; the two ways to install one product are one.
func shortNames(products []catalog.Product) (names []string) {
	for _, p := range products {
		name := strings.TrimSuffix(strings.TrimPrefix(p.Name, "Windows Server "), " (Server Core installation)")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func knownBulletins(view *engine.View) string {
	if len(view.Bulletins) == 0 {
		return "none was imported yet"
	}
	var ids []string
	for _, b := range view.Bulletins {
		ids = append(ids, b.ID)
	}
	slices.Sort(ids)
	return "there are " + strings.Join(ids, ", ")
}

// notNil makes a missing list an empty one, so that JSON readers always find a list.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
