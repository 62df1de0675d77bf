package main

import (
	"io"

	"patchdeck/ui/command"
)

// writeFile writes a file whole or not at all.
func writeFile(name string, write func(io.Writer) error) error {
	d, err := command.CreateFile(name)
	if err != nil {
		return err
	}
	if err := write(d); err != nil {
		d.Drop()
		return err
	}
	return d.Keep()
}
