package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/catalog"
)

// catalogInstaller says how servers install a package by themselves.
func (t *tree) catalogInstaller() *cobra.Command {
	var i catalog.Installer
	var exits []string
	var detection, remove, removeArguments string
	command := t.records("installer KB", "Say how servers install a package by themselves, and what proves that it is there", cobra.ExactArgs(1), func(c *call, kb, reason string) (engine.Command, error) {
		var err error
		if i.Detect, err = catalog.ParseDetection(detection); err != nil {
			return nil, wrongUsage("--detection: %w", err)
		}
		i.Exits = nil
		for _, text := range exits {
			exit, err := catalog.ParseExit(text)
			if err != nil {
				return nil, wrongUsage("--exit: %w", err)
			}
			i.Exits = append(i.Exits, exit)
		}
		i.Remove = catalog.ParseRemover(remove, removeArguments)
		if err := i.Check(); err != nil {
			return nil, wrongUsage("%w", err)
		}
		return engine.DescribeInstaller{KB: kb, Installer: i, Reason: reason}, nil
	})
	command.Example = "  patchdeck catalog installer EX-81 --file setup-81.msi --detection 'product:{0A1B2C3D-0000-1111-2222-333344445555}>=8.1' \\\n" +
		"    --remove '{0A1B2C3D-0000-1111-2222-333344445555}' --reason 'silent by its vendor'\n" +
		`  patchdeck catalog installer EX-81 --file setup-81.exe --arguments '/S' --exit 7=restart --detection 'file:C:\Program Files\Example\server.exe>=8.1' \` + "\n" +
		`    --remove 'C:\Program Files\Example\uninstall.exe' --remove-arguments '/S' --reason 'tried by hand on DEV-1'`
	flags := command.Flags()
	flags.StringVar(&i.File, "file", "", "the source `file` that installs it: .exe, .msi or .msp, kept by catalog file add with a verified signature (required)")
	flags.StringVar(&i.Arguments, "arguments", "", "of an .exe those that make it silent; of an .msi or .msp properties (it runs with /qn /norestart)")
	flags.StringArrayVar(&exits, "exit", nil, "what an exit `code` means where it is not the usual: CODE=MEANING, "+joinedInOrder(catalog.ExitMeanings)+"; usual are "+exitWords(catalog.UsualExits))
	flags.StringVar(&detection, "detection", "", `what is on a server that has it (required): file:C:\PATH, registry:HKLM\KEY:VALUE or product:{CODE}, and >=VERSION behind it`)
	flags.StringVar(&remove, "remove", "", "what takes it away again: a {product code}, or the path of a program on the server; left out, it cannot be removed")
	flags.StringVar(&removeArguments, "remove-arguments", "", "the arguments that make that silent")
	return command
}

func exitWords(exits []catalog.Exit) string {
	var words []string
	for _, e := range exits {
		words = append(words, fmt.Sprintf("%d=%s", e.Code, e.Means))
	}
	return strings.Join(words, " ")
}

// catalogPublish notes where servers fetch a file.
func (t *tree) catalogPublish() *cobra.Command {
	var site, location string
	command := t.verb(verb{
		use: "publish KB FILE", short: "Note where servers fetch a kept file: a share or a web server of ours", args: cobra.ExactArgs(2),
		example: `  patchdeck catalog file publish EX-81 setup-81.msi --at '\\files-dub.corp.example\updates\setup-81.msi' --site DUB`,
		run: func(c *call) error {
			if location == "" {
				return wrongUsage(`--at is missing: name the place, \\SERVER\SHARE\FILE or http(s)://HOST/FILE`)
			}
			u, err := c.lookAt(c.args[0])
			if err != nil {
				return err
			}
			return c.do(engine.PublishFile{KB: u.KB, File: c.args[1], Site: site, Location: location})
		},
	})
	command.Flags().StringVar(&location, "at", "", `the place (required): \\SERVER\SHARE\FILE or http(s)://HOST/FILE; each server checks the file's hash`)
	command.Flags().StringVar(&site, "site", "", "the site that it is near to; left out, all sites use it")
	return command
}

// installerFacts are what "catalog show" says of a package's installer.
func (c *call) installerFacts(d catalog.Dossier) [][2]string {
	i := d.Installer
	if i == nil {
		return nil
	}
	list := [][2]string{
		{"installer", strings.TrimSpace(i.File + " " + i.Arguments)},
		{"exit codes", exitWords(i.Meanings())},
		{"proven by", i.Detect.String()},
		{"removed by", i.Remove.String()},
		{"described", fmt.Sprintf("by %s, %s: %s", i.By, c.when(i.At), i.Why)},
	}
	return list
}
