"""What a feed does from one visit to the next, and what the digest makes of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fault_answers import entry, rss
from fault_server import reply
from faulty_blog import FaultyBlog

ONE, TWO, THREE = (entry(n) for n in (1, 2, 3))
NOT_MODIFIED = reply(b"", "304 Not Modified")


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[FaultyBlog]:
    with FaultyBlog(tmp_path) as opened:
        opened.visit(reply(rss(ONE, TWO), etag='"one"'))
        opened.nothing_else_was_reached()
        assert len(opened.posts) == 2
        yield opened


def second(blog: FaultyBlog, *entries: str, new: int) -> None:
    """Visit again; hold how many posts are new, and that all that was there is there still."""
    before = {post.id: (post.published, post.first_seen) for post in blog.posts}
    got = blog.visit(reply(rss(*entries)))
    assert (got.failures, got.new_posts) == ((), new)
    assert before.items() <= {post.id: (post.published, post.first_seen) for post in blog.posts}.items()


@pytest.mark.fault("second visit", "304")
def test_not_modified(blog: FaultyBlog) -> None:
    """The server says that nothing changed.

    The validator goes back as it came; nothing is new, nothing is lost, and the validator is kept.
    """
    got = blog.visit(NOT_MODIFIED, later=timedelta(hours=1))
    assert (got.failures, got.new_posts, len(blog.posts)) == ((), 0, 2)
    assert blog.server.headers()["if-none-match"] == '"one"'
    assert blog.store.source(blog.url).etag == '"one"'


@pytest.mark.fault("second visit", "weak and odd validators")
@pytest.mark.parametrize("etag", ['W/"a,b"', "not quoted", '"caf\u00e9\u0080"', '""', '"' + "x" * 200 + '"', "*"])
def test_odd_validators(blog: FaultyBlog, etag: str) -> None:
    """An ETag is weak, unquoted, empty, long or of no ASCII.

    It goes back byte for byte.
    """
    blog.visit(reply(rss(ONE, TWO), etag=etag))
    assert blog.visit(NOT_MODIFIED, later=timedelta(hours=1)).failures == ()
    assert blog.server.headers()["if-none-match"] == etag


@pytest.mark.fault("second visit", "ETag that lies")
def test_lying_etag(blog: FaultyBlog) -> None:
    """The server says 304 to every validator, though there are new entries.

    Once a week the feed is asked without validators, so that nothing is missed for longer.
    """

    def lying(connection: socket.socket) -> None:
        conditional = "if-none-match" in blog.server.headers()
        connection.sendall(NOT_MODIFIED if conditional else reply(rss(ONE, TWO, THREE), etag='"one"'))

    came = [blog.visit(lying, later=timedelta(days=1)).new_posts for _ in range(8)]
    assert (sum(came), len(blog.posts)) == (1, 3)


@pytest.mark.fault("second visit", "unasked 304")
def test_unasked_304(blog: FaultyBlog) -> None:
    """The feed had no validator, and the server says 304 all the same.

    Nothing is new; this is no failure of a feed that was read before.
    """
    blog.visit(reply(rss(ONE, TWO)))
    got = blog.visit(NOT_MODIFIED, later=timedelta(hours=1))
    assert (got.failures, got.new_posts, len(blog.posts)) == ((), 0, 2)


@pytest.mark.fault("second visit", "same ETag, other entries")
def test_same_etag_for_other_entries(blog: FaultyBlog) -> None:
    """The ETag stays the same while the feed changes, and comes with 200.

    The body counts and not the ETag: the new entry is there.
    """
    assert blog.visit(reply(rss(ONE, TWO, THREE), etag='"one"')).new_posts == 1


@pytest.mark.fault("second visit", "other ETag, same entries")
def test_other_etag_for_the_same_entries(blog: FaultyBlog) -> None:
    """Each answer has another ETag and the same entries.

    Nothing is new; the newest validator is kept.
    """
    assert blog.visit(reply(rss(ONE, TWO), etag='"two"')).new_posts == 0
    assert blog.store.source(blog.url).etag == '"two"'


@pytest.mark.fault("second visit", "changed GUIDs")
def test_changed_guids(blog: FaultyBlog) -> None:
    """All GUIDs change, as after a move of the site's software; the links stay.

    The canonical link is the second key: no post comes again.
    """
    second(blog, entry(1, guid="new-1"), entry(2, guid="new-2"), new=0)
    second(blog, entry(1, guid="newer-1"), entry(2, guid="newer-2"), entry(3), new=1)


@pytest.mark.fault("second visit", "changed links")
def test_changed_links(blog: FaultyBlog) -> None:
    """All links change, as after a move to another host; the GUIDs stay.

    The GUID is the first key: no post comes again, and its link is the new one.
    """
    first = "https://blog.example/post-1"
    second(blog, entry(1, guid=first, link="https://new.example/post-1"), TWO, new=0)
    assert "https://new.example/post-1" in {post.url for post in blog.posts}


@pytest.mark.fault("second visit", "links with trackers")
def test_tracked_links(blog: FaultyBlog) -> None:
    """GUIDs change and links get parameters of trackers, www, a slash or https.

    The canonical link is the same: no post comes again.
    """
    second(blog, entry(1, guid="x", link="https://blog.example/post-1/?utm_source=rss#top"), TWO, new=0)


@pytest.mark.fault("second visit", "duplicate GUID")
def test_duplicate_guids(blog: FaultyBlog) -> None:
    """Two entries get the same GUID.

    It names neither; each is known by its link.
    """
    second(blog, entry(1, guid="same"), entry(2, guid="same"), entry(3, guid="same"), new=1)
    second(blog, entry(1, guid="same"), entry(2, guid="same"), entry(3, guid="same"), new=0)
    second(blog, *(entry(n, guid="same") for n in (4, 3, 2, 1)), new=1)
    second(blog, *(entry(n, guid="same") for n in (1, 2, 3, 4)), new=0)
    assert len(set(blog.titles)) == 4


@pytest.mark.fault("second visit", "constant GUID")
def test_constant_guid(blog: FaultyBlog) -> None:
    """A feed of one entry gives each new one the GUID of the one before.

    A GUID is not believed against another link, title and date: each is a post with its own date.
    """
    for number in (3, 4, 5):
        second(blog, entry(number, guid="latest"), new=1)
        second(blog, entry(number, guid="latest"), new=0)
    assert len(set(blog.titles)) == 5
    assert len({post.published for post in blog.posts}) == 5


@pytest.mark.fault("second visit", "GUIDs by place")
@pytest.mark.parametrize("newest", [1, -1], ids=["oldest first", "newest first"])
def test_positional_guids(blog: FaultyBlog, newest: int) -> None:
    """GUIDs number the places in the feed, and the entries slide over them.

    Link, title and date name the post: none is lost, none gets the date of another.
    """
    for first, new in ((1, 1), (2, 1), (4, 2), (1, 0)):
        window = [first, first + 1, first + 2][::newest]
        second(blog, *(entry(n, guid=f"item-{place}") for place, n in enumerate(window)), new=new)
    assert sorted((post.published.day, post.title.split()[1]) for post in blog.posts if "Part" in post.title) == [
        (number, str(number)) for number in range(1, 7)
    ]


@pytest.mark.fault("second visit", "entry printed twice")
def test_entry_printed_twice(blog: FaultyBlog) -> None:
    """A feed prints an entry twice, with one GUID and link.

    It is one post, once on the page.
    """
    second(blog, THREE, THREE, ONE, ONE, new=1)
    second(blog, THREE, ONE, ONE, new=0)


@pytest.mark.fault("second visit", "empty GUID")
def test_empty_guids(blog: FaultyBlog) -> None:
    """GUIDs become empty.

    Posts are known by their links.
    """
    empty = [each.split("<guid")[0] + "<guid></guid>" + each.split("</guid>")[1] for each in (ONE, TWO, THREE)]
    second(blog, *empty, new=1)
    second(blog, *empty, new=0)


@pytest.mark.fault("second visit", "GUID of 1 MB")
def test_giant_guid(blog: FaultyBlog) -> None:
    """A GUID has a million characters.

    It is kept by its hash, and known again.
    """
    giant = entry(3, guid="g" * 1_000_000)
    second(blog, ONE, TWO, giant, new=1)
    second(blog, ONE, TWO, giant, new=0)
    assert max(len(post.guid) for post in blog.posts) < 1000


@pytest.mark.fault("second visit", "edited entry")
def test_edited_entry(blog: FaultyBlog) -> None:
    """Title and text of an entry change.

    The post is updated where it is and does not come again.
    """
    second(blog, ONE.replace("ten million", "twelve million"), entry(2, title="Another title"), new=0)
    assert "Another title" in blog.titles
    assert any("twelve million" in post.summary + post.content for post in blog.posts)


@pytest.mark.fault("second visit", "new dates")
def test_new_dates(blog: FaultyBlog) -> None:
    """All entries get today's date, as feeds do that print when they were made.

    The first date stands: no post moves to another day or comes again.
    """
    second(blog, *(entry(n, date="Thu, 17 Apr 2025 01:00:00 GMT") for n in (1, 2)), new=0)


@pytest.mark.fault("second visit", "dates that vanish")
def test_vanished_dates(blog: FaultyBlog) -> None:
    """Dates become unreadable.

    The first date stands.
    """
    second(blog, *(entry(n, date="soon") for n in (1, 2)), new=0)


@pytest.mark.fault("second visit", "vanished entries")
def test_vanished_entries(blog: FaultyBlog) -> None:
    """Entries vanish from the feed, and come back.

    What was collected stays, and what comes back is not new.
    """
    second(blog, THREE, new=1)
    second(blog, ONE, TWO, THREE, new=0)


@pytest.mark.fault("second visit", "reordered entries")
def test_reordered_entries(blog: FaultyBlog) -> None:
    """The entries come in another order.

    Nothing is new.
    """
    second(blog, TWO, ONE, new=0)
    second(blog, THREE, TWO, ONE, new=1)


@pytest.mark.fault("second visit", "empty feed")
def test_feed_without_entries(blog: FaultyBlog) -> None:
    """The feed is well-formed and has no entries any more.

    It is no failure; what was collected stays.
    """
    second(blog, new=0)
    second(blog, ONE, TWO, new=0)


@pytest.mark.fault("second visit", "feed that becomes a page and comes back")
def test_feed_that_becomes_a_page(blog: FaultyBlog) -> None:
    """The address serves HTML with 200 for a while, with a validator of its own, then the feed again.

    The source fails by name meanwhile; neither posts nor the feed's validators are lost, and the page's are not kept.
    """
    got = blog.visit(reply(b"<!doctype html><html><body>Soon back</body></html>", etag='"page"'))
    assert [failure.url for failure in got.failures] == [blog.url]
    assert (len(blog.posts), blog.store.source(blog.url).etag) == (2, '"one"')
    second(blog, ONE, TWO, THREE, new=1)


@pytest.mark.fault("second visit", "feed that changes its format")
def test_feed_that_changes_its_format(blog: FaultyBlog) -> None:
    """RSS becomes Atom with other ids.

    Posts are known by their links.
    """
    entries = "".join(
        f"<entry><id>tag:{n}</id><title>Part {n}</title><link href='https://blog.example/post-{n}'/>"
        f"<updated>2025-04-17T00:00:00Z</updated></entry>"
        for n in (1, 2, 3)
    )
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Blog</title><id>x</id>{entries}</feed>"
    assert blog.visit(reply(body.encode(), content_type="application/atom+xml")).new_posts == 1


@pytest.mark.fault("second visit", "cut feed")
def test_cut_feed(blog: FaultyBlog) -> None:
    """The second answer ends in the middle, without a length, under a new validator.

    Whole entries are kept; the validator is not, so that the rest comes with the next visit.
    """
    whole = rss(THREE, TWO, ONE)
    got = blog.visit(b'HTTP/1.1 200 OK\r\netag: "cut"\r\n\r\n' + whole[: whole.index(b"Part 1") + 3])
    assert (got.failures, got.new_posts) == ((), 1)
    assert blog.store.source(blog.url).etag != '"cut"'
    second(blog, THREE, TWO, ONE, new=0)


@pytest.mark.fault("second visit", "undated entries")
def test_undated_entries(blog: FaultyBlog) -> None:
    """An entry has no date.

    The time at which it was first seen is its date, once and for all.
    """
    undated = THREE.split("<pubDate>")[0] + THREE.split("</pubDate>")[1]
    second(blog, ONE, TWO, undated, new=1)
    second(blog, ONE, TWO, undated, new=0)


@pytest.mark.fault("second visit", "future dates")
def test_future_dates(blog: FaultyBlog) -> None:
    """An entry is dated in the future.

    It counts as published when it was first seen, and keeps that.
    """
    future = entry(3, date="Wed, 16 Apr 2031 04:00:00 GMT")
    second(blog, ONE, TWO, future, new=1)
    assert max(post.published for post in blog.posts) <= blog.now
    second(blog, ONE, TWO, future, new=0)


@pytest.mark.fault("second visit", "the same link for all entries")
def test_the_same_link_for_all(blog: FaultyBlog) -> None:
    """All entries link to the home page.

    A shared link identifies nothing: each is a post of its own, by its GUID.
    """
    shared = [entry(n, guid=f"g{n}", link="https://blog.example/", title=f"News {n}") for n in (11, 12, 13)]
    second(blog, *shared, new=3)
    second(blog, *reversed(shared), new=0)
