package store

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockExclusively locks one byte far behind the text, so that others can still read who holds it.
func lockExclusively(file *os.File) error {
	place := &windows.Overlapped{OffsetHigh: 1}
	return windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, place)
}

func alive(pid int) bool {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return err == windows.ERROR_ACCESS_DENIED
	}
	return windows.CloseHandle(process) == nil
}

// FreeSpace gives the bytes that this user may still write to the disk of dir.
func FreeSpace(dir string) (uint64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(path, &free, nil, nil)
	return free, err
}

// syncDir does nothing: NTFS keeps its own journal of names, and a folder cannot be flushed.
func syncDir(string) error { return nil }
