package command

import (
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine/catalog"
)

func (t *tree) catalogFile() *cobra.Command {
	var origin, called string
	add := t.verb(verb{
		use: "add FILE KB", short: "Keep a source file of an update, and verify who signed it", file: readsFile, args: cobra.ExactArgs(2),
		example: "  patchdeck catalog file add setup-81.msi APSB26-81 --from https://helpx.adobe.com/download/setup-81.msi\n" +
			"  ssh console catalog file add - APSB26-81 --name setup-81.msi --from https://helpx.adobe.com/download/setup-81.msi < setup-81.msi",
		run: func(c *call) error {
			if origin == "" {
				return wrongUsage("--from is missing: name the address on the vendor's own site that the file came from")
			}
			u, err := c.lookAt(c.args[1])
			if err != nil {
				return err
			}
			name := c.name[strings.LastIndexAny(c.name, `/\`)+1:]
			switch {
			case called != "":
				name = called
			case c.args[0] == "-":
				return wrongUsage("--name is missing: a file that comes over standard input has none, give for instance --name setup-81.msi")
			}
			answer, err := c.console().AddFile(c.ctx, c.actor(), u.KB, name, origin, c.file)
			if err != nil {
				return err
			}
			return c.answer(answer)
		},
	})
	add.Flags().StringVar(&called, "name", "", "what the file is called, where it comes over standard input (-)")
	add.Flags().StringVar(&origin, "from", "", "the `address` on the vendor's own site that the file came from (required)")
	list := t.verb(verb{use: "list", short: "List the source files that are kept", reads: always, run: (*call).listFiles})
	return t.noun("file", "Source files of updates, with their signatures", add, t.catalogPublish(), list)
}

// fileLine is a source file in JSON.
type fileLine struct {
	KB string `json:"kb"`
	catalog.SourceFile
}

func (c *call) listFiles() error {
	var rows [][]string
	dossiers := c.view().Dossiers
	for _, kb := range sortedKeys(dossiers) {
		for _, f := range dossiers[kb].Files {
			if c.json {
				if err := c.object(fileLine{kb, f}); err != nil {
					return err
				}
				continue
			}
			signed := "verified, " + f.Signature.Signer
			if !f.Signature.Verified {
				signed = f.Signature.Trouble
			}
			rows = append(rows, []string{kb, f.Name, f.SHA256, f.By, c.when(f.At), signed})
		}
	}
	if c.json {
		return nil
	}
	return c.table([]column{{"UPDATE", 20}, {"FILE", 40}, {"SHA-256", 0}, {"BY", 20}, {"AT", 0}, {"SIGNATURE", 60}}, rows,
		"no source file is kept yet: patchdeck catalog file add FILE KB --from ADDRESS")
}
