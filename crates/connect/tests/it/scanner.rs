//! Programs that look at files, as they really end.

use tminus_connect::scanner::{Scanner, Unclean};

/// What every scanner finds, and nothing else does: EICAR's test text, in two parts so that none finds it here.
fn bad() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"].concat().into_bytes()
}

#[tokio::test]
async fn what_a_program_finds_is_told_from_a_program_that_cannot_tell() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("scan");
    let text = "if grep -q EICAR; then echo 'stream: Eicar-Test-Signature FOUND'; exit 1; fi\n";
    std::fs::write(&script, text).unwrap();
    let scanner = Scanner::new(&format!("  sh {} ", script.display())).unwrap();
    assert_eq!(scanner.look(b"a plan").await, Ok(()));
    assert_eq!(scanner.look(&bad()).await, Err(Unclean::Found("stream: Eicar-Test-Signature FOUND".to_owned())));
    let large = vec![b'a'; 25 * 1024 * 1024];
    assert_eq!(scanner.look(&large).await, Ok(()));
    // One that does not even read.
    assert_eq!(Scanner::new("true").unwrap().look(&large).await, Ok(()));
    for away in ["/nowhere/scanner", "sh -c kill\u{a0}$$", &format!("sh {}/gone", folder.path().display())] {
        let told = Scanner::new(away).unwrap().look(b"a plan").await;
        assert!(matches!(told, Err(Unclean::Unknown(_))), "{away}: {told:?}");
    }
    assert!(Scanner::new("  ").is_none());
}
