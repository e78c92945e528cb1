// Keeps a screen on where the browser has no lock for it: a page that plays a video stays lit. Each
// engine counts only some videos: Blink those that fill a fifth of the view (or are heard), Gecko
// those with a sound track, WebKit those with a sound track that is not muted, and that do not loop.
// So: black, silent, a quarter of the view, behind everything, sent back before it ends. WebKit alone
// plays it unmuted, because that may stop the music that plays on the phone.
// The clip: ffmpeg -f lavfi -i color=black:s=16x16:r=1:d=10 -f lavfi -i anullsrc=r=8000:cl=mono -t 10
//   -c:v libx264 -profile:v baseline -pix_fmt yuv420p -bsf:v filter_units=remove_types=6 -c:a aac
//   -movflags +faststart -map_metadata -1 -fflags +bitexact vigil.mp4
import clip from './vigil.mp4?inline';

const backAfter = 6;
let video: HTMLVideoElement | null = null;

function made(): HTMLVideoElement {
  const made = document.createElement('video');
  made.src = clip;
  made.playsInline = true;
  made.muted = !('webkitSetPresentationMode' in made);
  made.disableRemotePlayback = true;
  made.tabIndex = -1;
  made.ariaHidden = 'true';
  made.dataset.testid = 'vigil';
  made.style.cssText = 'position:fixed;z-index:-1;top:0;left:0;width:50vw;height:50vh;opacity:.01;pointer-events:none';
  made.ontimeupdate = () => {
    if (made.currentTime > backAfter) made.currentTime = 0;
  };
  return made;
}

/** Call it in a gesture: many browsers play nothing before one. True when the video plays. */
export async function watch(): Promise<boolean> {
  video ??= made();
  if (!video.isConnected) document.body.append(video);
  try {
    await video.play();
  } catch {
    return false;
  }
  return !video.paused;
}

export function rest(): void {
  video?.pause();
  video?.remove();
}
