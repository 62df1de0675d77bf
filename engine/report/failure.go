package report

import (
	"cmp"
	"slices"
	"strings"

	"patchdeck/engine/rollout"
)

// FailureGroup is the servers that ended in the same status by the same code.
type FailureGroup struct {
	Status  string        `json:"status"`
	Class   rollout.Class `json:"class"`
	Code    string        `json:"code"`
	Meaning string        `json:"meaning"` // whose trouble the class is
	Words   string        `json:"words"`   // of most of its servers
	Next    string        `json:"next"`    // what to do
	Count   int           `json:"count"`
	Other   int           `json:"other_words"` // servers that say it in other words
	Servers []ServerName  `json:"servers"`
}

// classes says whose trouble each class of failures is, and what to do first.
var classes = map[rollout.Class]struct{ meaning, next string }{
	rollout.ClassPatch:    {"the update itself", "Find the cause on one server (CBS.log at that time) before the next one gets it; then retry, or drop the update."},
	rollout.ClassSource:   {"where the update comes from", "Mend the update source (WSUS, proxy, content), then retry."},
	rollout.ClassDisk:     {"room on the server", "Free space on the system drive, then retry."},
	rollout.ClassConfig:   {"policy or set-up of the server", "Mend the setting that the words name, then retry."},
	rollout.ClassRestart:  {"the server did not come back well", "Look at its console now: get it up first, then read its build."},
	rollout.ClassBusy:     {"something else installs or restarts", "Find out what else works on the server, or give it a longer window; then retry."},
	rollout.ClassNetwork:  {"the road to the server", "Check that it is up and that WinRM answers from here; then retry."},
	rollout.ClassAccess:   {"credentials or rights", "Check the account and its rights on the server, then retry."},
	rollout.ClassProtocol: {"the server answers, but not what it should", "Look at what answers at its address; then retry."},
}

// failureGroups gathers what failed, was unreachable or missed its window by status, class and code; the most frequent first.
func (m *maker) failureGroups(servers []Server) []FailureGroup {
	type key struct {
		status, code string
		class        rollout.Class
	}
	members := map[key][]Server{}
	for _, s := range servers {
		switch s.CountedAs {
		case AccountFailed, AccountUnreachable, AccountWindowMissed:
			k := key{status: s.Status}
			if s.Failure != nil {
				k.code, k.class = s.Failure.Code, s.Failure.Class
			}
			members[k] = append(members[k], s)
		}
	}
	groups := make([]FailureGroup, 0, len(members))
	for k, list := range members {
		group := FailureGroup{Status: k.status, Class: k.class, Code: k.code, Meaning: classes[k.class].meaning, Next: m.next(k.code, k.class), Count: len(list)}
		group.Words, group.Other = usualWords(list)
		for _, s := range list {
			group.Servers = append(group.Servers, ServerName{s.ID, s.Name})
		}
		groups = append(groups, group)
	}
	slices.SortFunc(groups, func(a, b FailureGroup) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Status, b.Status), strings.Compare(a.Code, b.Code), cmp.Compare(a.Class, b.Class))
	})
	return groups
}

// next says what to do about a failure: by its code where somebody knows, else by its class.
func (m *maker) next(code string, class rollout.Class) string {
	if m.in.Advice != nil && code != "" {
		if advice := m.in.Advice(code); advice != "" {
			return advice
		}
	}
	return classes[class].next
}

// usualWords gives what most of the servers say, and how many say something else.
func usualWords(list []Server) (usual string, other int) {
	said := map[string]int{}
	for _, s := range list {
		if s.Failure != nil {
			said[s.Failure.Words]++
		}
	}
	for words, n := range said {
		if n > said[usual] || n == said[usual] && words < usual {
			usual = words
		}
	}
	if usual == "" {
		return "", 0
	}
	return usual, len(list) - said[usual]
}

// WhatToDo says what to do about a failure of a class whose code nobody knows, in one sentence.
func WhatToDo(class rollout.Class) string { return classes[class].next }
