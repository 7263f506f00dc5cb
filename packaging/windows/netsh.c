/* Stands in for netsh.exe in the lab, whose own does nothing. It adds and deletes firewall rules where Windows keeps them,
   and writes the words it was given to C:\netsh.log: a line a call, U+001F between words. check.py compiles it. */

#include <windows.h>
#include <shellapi.h>
#include <stdio.h>
#include <wchar.h>

static const wchar_t RULES[] = L"SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules";

static void note(int count, wchar_t **words)
{
    FILE *log = fopen("C:\\netsh.log", "ab");
    char text[4096];
    int i;

    if (!log) return;
    for (i = 1; i < count; i++) {
        WideCharToMultiByte(CP_UTF8, 0, words[i], -1, text, sizeof(text), NULL, NULL);
        fprintf(log, "%s%s", i > 1 ? "\x1f" : "", text);
    }
    fputc('\n', log);
    fclose(log);
}

static const wchar_t *option(int count, wchar_t **words, const wchar_t *name)
{
    size_t length = wcslen(name);
    int i;

    for (i = 0; i < count; i++)
        if (!_wcsnicmp(words[i], name, length) && words[i][length] == '=') return words[i] + length + 1;
    return L"";
}

static int add(HKEY key, int count, wchar_t **words)
{
    const wchar_t *profile = option(count, words, L"profile"), *action = option(count, words, L"action");
    wchar_t name[64], rule[2048];

    swprintf(name, 64, L"{%08lx-%08lx}", GetCurrentProcessId(), GetTickCount());
    swprintf(rule, 2048, L"v2.31|Action=%ls|Active=TRUE|Dir=In|Profile=%ls|App=%ls|Name=%ls|",
             !_wcsicmp(action, L"allow") ? L"Allow" : L"Block", !_wcsicmp(profile, L"private") ? L"Private" : L"Public",
             option(count, words, L"program"), option(count, words, L"name"));
    return RegSetValueExW(key, name, 0, REG_SZ, (BYTE *)rule, (DWORD)((wcslen(rule) + 1) * sizeof(wchar_t))) ? 1 : 0;
}

static int delete(HKEY key, int count, wchar_t **words)
{
    wchar_t name[256], rule[2048], app[1024];
    DWORD number = 0, name_length, size;
    int deleted = 0;

    swprintf(app, 1024, L"|App=%ls|", option(count, words, L"program"));
    for (;;) {
        name_length = 256, size = sizeof(rule);
        if (RegEnumValueW(key, number, name, &name_length, NULL, NULL, (BYTE *)rule, &size)) break;
        if (wcsstr(rule, app) && !RegDeleteValueW(key, name)) deleted++;
        else number++;
    }
    return deleted ? 0 : 1; /* as netsh: "No rules match the specified criteria." */
}

int main(void)
{
    int count;
    wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &count);
    HKEY key;

    note(count, words);
    if (count < 5 || _wcsicmp(words[1], L"advfirewall") || _wcsicmp(words[2], L"firewall")) return 1;
    if (RegCreateKeyExW(HKEY_LOCAL_MACHINE, RULES, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL)) return 1;
    return !_wcsicmp(words[3], L"add") ? add(key, count, words) : delete(key, count, words);
}
