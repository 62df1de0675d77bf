package remote

import (
	"patchdeck/engine/catalog"
	"patchdeck/engine/rollout"
)

// packageEntry is PACKAGE of the script protocol: an update of another vendor as a server is told of it.
type packageEntry struct {
	KB        string         `json:"kb"`
	File      string         `json:"file"`
	Arguments string         `json:"arguments"`
	Exits     []catalog.Exit `json:"exits"`
	Detect    detectEntry    `json:"detect"`
	Remove    removeEntry    `json:"remove"`
}

// detectEntry is DETECT of the script protocol.
type detectEntry struct {
	Type    string `json:"type"`
	What    string `json:"what"`
	Name    string `json:"name"`
	Version string `json:"version"`
}

type removeEntry struct {
	Product   string `json:"product"`
	Program   string `json:"program"`
	Arguments string `json:"arguments"`
}

// soughtEntry is SOUGHT of the script protocol.
type soughtEntry struct {
	KB     string      `json:"kb"`
	Detect detectEntry `json:"detect"`
}

func detection(d catalog.Detection) detectEntry {
	return detectEntry{string(d.Kind), d.What, d.Name, d.Version}
}

func packaged(kb string, i catalog.Installer) *packageEntry {
	return &packageEntry{KB: kb, File: i.File, Arguments: i.Arguments, Exits: i.Meanings(), Detect: detection(i.Detect), Remove: removeEntry(i.Remove)}
}

// packagesOf checks the packages of an order once more before they leave: what the servers run is theirs to refuse, and ours too.
func packagesOf(packages []rollout.Package, files []rollout.File) ([]packageEntry, *rollout.Failure) {
	list := []packageEntry{}
	for _, p := range packages {
		if err := p.Check(); err != nil {
			return nil, unusable(p.KB + ": " + err.Error())
		}
		brought := false
		for _, f := range files {
			brought = brought || f.KB == p.KB && f.Name == p.File && f.SHA256 == p.SHA256
		}
		if !brought {
			return nil, unusable("nothing brings " + p.File + " of " + p.KB)
		}
		list = append(list, *packaged(p.KB, p.Installer))
	}
	return list, nil
}

// soughtOf names the packages to look for, all of them or those among some updates.
func soughtOf(sought []rollout.Sought, among func(kb string) bool) []soughtEntry {
	list := []soughtEntry{}
	for _, s := range sought {
		if among(s.KB) {
			list = append(list, soughtEntry{s.KB, detection(s.Detect)})
		}
	}
	return list
}
